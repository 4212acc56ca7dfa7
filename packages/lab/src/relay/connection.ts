import type { Socket } from 'node:net';
import { Pump } from './pump.ts';

/** One connection through the relay: the dialer's socket and the one to its target. */
export class Connection {
  private readonly dialer: Socket;
  private readonly target: Socket;
  private readonly forward: Pump;
  private readonly backward: Pump;

  /** `gone` is called once, when both sockets are closed. */
  constructor(dialer: Socket, target: Socket, gone: () => void) {
    this.dialer = dialer;
    this.target = target;
    dialer.setNoDelay(true);
    target.setNoDelay(true);
    let open = 2;
    const closed = () => {
      open -= 1;
      if (open === 0) gone();
    };
    dialer.once('close', closed);
    target.once('close', closed);
    this.forward = new Pump(dialer, target);
    this.backward = new Pump(target, dialer);
  }

  /** Holds or releases each direction: dialer to target, and target to dialer. */
  hold(forward: boolean, backward: boolean): void {
    this.forward.hold(forward);
    this.backward.hold(backward);
  }

  /** Breaks it so that both sides see a reset. */
  reset(): void {
    this.dialer.resetAndDestroy();
    this.target.resetAndDestroy();
  }
}
