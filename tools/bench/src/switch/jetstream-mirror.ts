import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startJetStream } from '../events/peers/servers.ts';

const STREAM = 'events';
const MIRROR = 'mirror';
/** Messages published and not yet acknowledged while the stream is filled. */
const IN_FLIGHT = 2_000;
const LOOK_EVERY_MS = 2;
const MIRRORED_WITHIN_MS = 120_000;

/**
 * The peer of a replay: NATS JetStream, which fills a new mirror of a stream from
 * what the stream has on disk, inside one server. It flushes neither.
 *
 * @returns messages a second
 * @throws Error when there is no server on this machine
 */
export async function mirroredPerS(messages: number, bytes: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  try {
    const { process: server, port } = await startJetStream(folder);
    try {
      return await fillMirror(port, messages, bytes);
    } finally {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fillMirror(port: number, messages: number, bytes: number): Promise<number> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false });
  try {
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: STREAM, subjects: [STREAM], storage: 'file' });
    await publish(jetstream(connection), messages, bytes);
    const startMs = performance.now();
    await streams.add({ name: MIRROR, storage: 'file', mirror: { name: STREAM } });
    for (;;) {
      const { state } = await streams.info(MIRROR);
      const tookMs = performance.now() - startMs;
      if (state.messages >= messages) return (messages * 1_000) / tookMs;
      if (tookMs > MIRRORED_WITHIN_MS) throw new Error(`${state.messages} of ${messages} mirrored`);
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await connection.close();
  }
}

async function publish(client: JetStreamClient, messages: number, bytes: number): Promise<void> {
  const payload = Buffer.alloc(bytes, 7);
  let left = messages;
  const lane = async () => {
    for (; left > 0; ) {
      left -= 1;
      await client.publish(STREAM, payload);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}
