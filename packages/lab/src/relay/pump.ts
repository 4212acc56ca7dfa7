import type { Socket } from 'node:net';

/**
 * Moves the bytes of one direction of a connection: from `source` to `sink`.
 *
 * While it is held nothing is passed, so that bytes wait in the sender's system as
 * they do when a network loses every packet: the sender is not told, its buffers
 * fill, and neither an end nor a reset is seen by the other side.
 */
export class Pump {
  private held = true;
  private sinkFull = false;
  /** What the source did while held; passed on at the release. */
  private ended = false;
  private broken = false;
  private readonly source: Socket;
  private readonly sink: Socket;

  /** It begins held; `hold(false)` lets the first bytes pass. */
  constructor(source: Socket, sink: Socket) {
    this.source = source;
    this.sink = sink;
    source.pause();
    source.on('data', (bytes) => this.pass(bytes));
    source.on('end', () => this.sourceEnded());
    source.on('close', (failed) => this.sourceClosed(failed));
    // What comes with the error is passed on at 'close', which always follows.
    source.on('error', () => source.destroy());
    sink.on('drain', () => {
      this.sinkFull = false;
      this.flow();
    });
  }

  /** Lets bytes pass, or holds them back. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held && this.broken) this.sink.resetAndDestroy();
    else if (!held && this.ended) this.sink.end();
    else this.flow();
  }

  private pass(bytes: Uint8Array): void {
    // The sink may be gone without anybody being told, on a way that is held.
    if (this.sink.destroyed || this.sink.write(bytes)) return;
    this.sinkFull = true;
    this.flow();
  }

  private flow(): void {
    if (this.held || this.sinkFull) this.source.pause();
    else this.source.resume();
  }

  /** Node tells of an end even on a paused socket, once all before it was read. */
  private sourceEnded(): void {
    if (this.held) this.ended = true;
    else this.sink.end();
  }

  private sourceClosed(failed: boolean): void {
    if (!failed && this.source.readableEnded) return;
    if (this.held) this.broken = true;
    else this.sink.resetAndDestroy();
  }
}
