/** The client of a peer, in a process of its own: publishes with a fixed number under way. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { createClient } from '@redis/client';
import { serve } from '../../child.ts';
import { SHAPE, type Stretch } from '../shape.ts';
import type { PeerName, PublishOrder } from './peer.ts';

/** Publishes one event; resolves with its acknowledgement. */
type Publish = (event: Buffer) => Promise<unknown>;

const STREAM = 'events';
/** The peers keep the newest, as our receiver does. */
const KEEP_BYTES = 64 * 2 ** 20;
const KEEP_RECORDS = Math.floor(KEEP_BYTES / SHAPE.recordBytes);

const connected = new Map<PeerName, Publish>();

serve(async ({ peer, port, forMs }: PublishOrder): Promise<Stretch> => {
  let publish = connected.get(peer);
  if (publish === undefined) {
    publish = peer === 'redis' ? await toRedis(port) : await toJetStream(port);
    connected.set(peer, publish);
  }
  return publishFor(publish, forMs);
});

async function publishFor(publish: Publish, forMs: number): Promise<Stretch> {
  const event = Buffer.alloc(SHAPE.recordBytes, 7);
  const startedMs = performance.now();
  let events = 0;
  const lane = async () => {
    while (performance.now() - startedMs < forMs) {
      await publish(event);
      events += 1;
    }
  };
  await Promise.all(Array.from({ length: SHAPE.inFlight }, lane));
  return { events, elapsedMs: performance.now() - startedMs };
}

async function toJetStream(port: number): Promise<Publish> {
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
  return (event) => client.publish(STREAM, event);
}

async function toRedis(port: number): Promise<Publish> {
  const client = createClient({ socket: { host: '127.0.0.1', port } });
  await client.connect();
  return (event) =>
    client.xAdd(
      STREAM,
      '*',
      { e: event },
      {
        TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEEP_RECORDS },
      },
    );
}
