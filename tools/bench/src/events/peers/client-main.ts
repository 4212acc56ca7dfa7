/** The client of a peer, in a process of its own: publishes with a fixed number under way. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { createClient } from '@redis/client';
import { serve } from '../../child.ts';
import { SHAPE, type Stretch } from '../shape.ts';
import type { PeerName, PublishOrder } from './peer.ts';

/** Publishes some events at once, as the client can; resolves when all are acknowledged. */
interface Publisher {
  readonly atOnce: number;
  publish(event: Buffer): Promise<unknown>;
}

const STREAM = 'events';
/** The peers keep the newest, as our receiver does. */
const KEEP_BYTES = 64 * 2 ** 20;
const KEEP_RECORDS = Math.floor(KEEP_BYTES / SHAPE.recordBytes);

const connected = new Map<PeerName, Publisher>();

serve(async ({ peer, port, forMs }: PublishOrder): Promise<Stretch> => {
  let publisher = connected.get(peer);
  if (publisher === undefined) {
    publisher = peer === 'redis' ? await toRedis(port) : await toJetStream(port);
    connected.set(peer, publisher);
  }
  return publishFor(publisher, forMs);
});

async function publishFor(publisher: Publisher, forMs: number): Promise<Stretch> {
  const event = Buffer.alloc(SHAPE.recordBytes, 7);
  const startedMs = performance.now();
  let events = 0;
  const lane = async () => {
    while (performance.now() - startedMs < forMs) {
      await publisher.publish(event);
      events += publisher.atOnce;
    }
  };
  await Promise.all(Array.from({ length: SHAPE.inFlight / publisher.atOnce }, lane));
  return { events, elapsedMs: performance.now() - startedMs };
}

async function toJetStream(port: number): Promise<Publisher> {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({
    name: STREAM,
    subjects: [STREAM],
    storage: 'file',
    max_bytes: KEEP_BYTES,
    discard: 'old',
  });
  const client = jetstream(connection);
  return { atOnce: 1, publish: (event) => client.publish(STREAM, event) };
}

/** Pipelines as long as our commits: several times the rate of single calls with as many under way. */
async function toRedis(port: number): Promise<Publisher> {
  const client = createClient({ socket: { host: '127.0.0.1', port } });
  await client.connect();
  const add = ['XADD', STREAM, 'MAXLEN', '~', String(KEEP_RECORDS), '*', 'e'];
  return {
    atOnce: SHAPE.batchRecords,
    publish(event) {
      const pipeline = client.multi();
      for (let n = 0; n < SHAPE.batchRecords; n += 1) pipeline.addCommand([...add, event]);
      return pipeline.execAsPipeline();
    },
  };
}
