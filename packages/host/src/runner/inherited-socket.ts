import { Socket } from 'node:net';

/** Number of the descriptor over which a short-lived runner is spoken to. */
export const INHERITED_FD = 3;

/** The socket that the parent has handed down; it does not show in any path or argument. */
export function inheritedSocket(): Socket {
  return new Socket({ fd: INHERITED_FD, readable: true, writable: true });
}
