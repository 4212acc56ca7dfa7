import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../child.ts';
import type { Stretch } from '../shape.ts';

export type PeerName = 'jetstream' | 'redis';

/** A peer's server, started for the benchmark and alone on its port and folder. */
export interface PeerServer {
  readonly process: ChildProcess;
  readonly port: number;
}

/** What the process of a peer's client is told. */
export interface PublishOrder {
  readonly peer: PeerName;
  readonly port: number;
  readonly forMs: number;
}

// Bundled into `dist`.
const script = join(import.meta.dirname, 'events/peers/client-main.js');

/**
 * Starts a peer's server in a temporary folder and its client in a process of its
 * own, publishes, and ends both.
 *
 * @param start starts the server; what it throws is why the peer is not there
 */
export async function publishTo(
  peer: PeerName,
  start: (folder: string) => Promise<PeerServer>,
  times: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<Stretch> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  let server: PeerServer | undefined;
  const client = startChild(script);
  try {
    server = await start(folder);
    const { port } = server;
    await client.ask({ peer, port, forMs: times.warmUpMs } satisfies PublishOrder);
    return await client.ask({ peer, port, forMs: times.measureMs } satisfies PublishOrder);
  } finally {
    client.kill();
    if (server !== undefined) {
      const ended = once(server.process, 'exit');
      server.process.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  }
}
