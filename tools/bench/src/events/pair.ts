import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.ts';
import type { Identity } from './identity.ts';
import type { NodeOrder, NodeSetUp } from './node.ts';

// Bundled into `dist`.
const script = join(import.meta.dirname, 'events/node-main.js');

export type Identities = Readonly<Record<NodeSetUp['host'], Identity>>;

/** A sender and a receiver in processes of their own. */
export interface Pair {
  readonly senderPid: number;
  readonly receiverPid: number;
  /** Carried out by the sender. */
  order<T>(order: NodeOrder): Promise<T>;
  orderReceiver<T>(order: NodeOrder): Promise<T>;
  stop(): Promise<void>;
}

/** @param identities with them the link, and raw sockets beside it, use mutual TLS */
export async function startPair(identities?: Identities): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  const receiver = startChild(script);
  const sender = startChild(script);
  const setUp = (how: Pick<NodeSetUp, 'host' | 'receiver'>) => ({
    setUp: { ...how, folder: join(folder, how.host), identity: identities?.[how.host] },
  });
  const end = async () => {
    sender.kill();
    receiver.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await receiver.ask<number>(setUp({ host: 'receiver' }));
    await sender.ask(setUp({ host: 'sender', receiver: `127.0.0.1:${port}` }));
  } catch (error) {
    await end();
    throw error;
  }
  return {
    senderPid: sender.pid,
    receiverPid: receiver.pid,
    order: (order) => sender.ask({ order }),
    orderReceiver: (order) => receiver.ask({ order }),
    async stop() {
      try {
        for (const child of [sender, receiver]) {
          await child.ask({ order: { kind: 'stop' } });
          await child.end();
        }
      } finally {
        await end();
      }
    },
  };
}
