import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../free-port.ts';
import type { PeerServer } from './peer.ts';

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
/** Where Debian's packages put servers, which is not on every user's path. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

/**
 * NATS with JetStream, as it comes: it acknowledges what it has written, and
 * flushes to disk every two minutes. (Versions before 2.10, Debian's among them,
 * cannot flush for each message.)
 */
export async function startJetStream(folder: string): Promise<PeerServer> {
  const port = await freePort();
  const config = join(folder, 'nats.conf');
  const store = JSON.stringify(folder);
  await writeFile(config, `host: 127.0.0.1\nport: ${port}\njetstream { store_dir: ${store} }\n`);
  return startServer('nats-server', ['-c', config], port);
}

/** Redis with its append-only file, flushed before it answers. */
export async function startRedis(folder: string): Promise<PeerServer> {
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return startServer('redis-server', args, port);
}

async function startServer(
  command: string,
  args: readonly string[],
  port: number,
): Promise<PeerServer> {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, PATH } });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`${command} is not on this machine: ${error}`);
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${command} ended with code ${code}`);
  });
  await Promise.race([failed, ended, answers(port)]);
  failed.catch(() => undefined);
  ended.catch(() => undefined);
  return { process: child, port };
}

async function answers(port: number): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(POLL_MS);
  }
  throw new Error(`nothing listened on port ${port} within ${START_TIMEOUT_MS} ms`);
}
