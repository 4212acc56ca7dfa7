import { isIPv4 } from 'node:net';
import { linkErrors } from '@ftctl/sdk';

/** True when only this machine can be meant. */
export function isLoopback(address: string): boolean {
  const is4 = isIPv4(address) && address.startsWith('127.');
  return is4 || address === '::1' || address === 'localhost';
}

/** @throws FtError FT_LINK_NOT_LOOPBACK unless only this machine can be meant */
export function requireLoopback(address: string): void {
  if (!isLoopback(address)) throw linkErrors.NOT_LOOPBACK({ address });
}
