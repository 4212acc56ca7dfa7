import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { callHost, readLiveRecord, verifyInstalled, waitUntilGone } from '@ftctl/host';
import type { Check } from '../requirement.ts';
import { groupMembers } from './process-group.ts';
import type { HostSubject } from './subject.ts';

/** How long a process may take to vanish once its plugin has stopped. */
const VANISH_MARGIN_MS = 1_000;
const CONNECT_WITHIN_MS = 1_000;

/** What a host and its plugins keep in a home. */
const KNOWN_IN_HOME = new Set([
  'ftctl.yaml',
  'ftctl.lock.json',
  'plugins',
  'store',
  'data',
  'log',
  'run',
]);

/** How it ends, and what it leaves. */
export const endChecks: readonly Check<HostSubject>[] = [
  {
    id: 'FTC-HOST-STOP',
    level: 'MUST',
    text: 'Told to stop, its process ends in order within `limits.drainMs`.',
    needs: ['FTC-HOST-START'],
    test: async (subject) => {
      const { drainMs } = subject.limits;
      const identity = await readLiveRecord(subject.paths, subject.id);
      if (!identity) throw new Error('it did not run any more');
      const started = performance.now();
      await callHost(subject.paths, 'down', {}, { timeoutMs: drainMs + VANISH_MARGIN_MS * 10 });
      await waitUntilGone(identity, VANISH_MARGIN_MS);
      const took = Math.round(performance.now() - started);
      if (took > drainMs + VANISH_MARGIN_MS) throw new Error(`it took ${took} ms`);
      // A process that was killed, or that gave up waiting for stop(), leaves its record.
      const left = await leftInRun(subject);
      if (left.length > 0) throw new Error(`it was cut off: ${left.join(', ')} was left`);
    },
  },
  {
    id: 'FTC-HOST-CLEAN',
    level: 'MUST',
    text: 'Stopped, it leaves no process, no open port, and no file outside its own places.',
    needs: ['FTC-HOST-STOP'],
    test: async (subject) => {
      await noProcessIsLeft(subject);
      await noPortIsOpen(subject);
      await noFileIsAstray(subject);
    },
  },
];

async function leftInRun({ paths, id }: HostSubject): Promise<readonly string[]> {
  return (await readdir(paths.run)).filter((name) => name === `${id}.json`);
}

async function noProcessIsLeft({ pids }: HostSubject): Promise<void> {
  for (const pid of pids) {
    const members = await groupMembers(pid);
    if (members.length > 0) {
      throw new Error(`it left the processes ${members.join(', ')} (started by ${pid})`);
    }
  }
}

async function noPortIsOpen({ ports }: HostSubject): Promise<void> {
  for (const port of ports) {
    if (await accepts(port)) throw new Error(`something still listens on its port ${port}`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_WITHIN_MS });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function noFileIsAstray({ paths, id }: HostSubject): Promise<void> {
  const astray = (await readdir(paths.home)).find((name) => !KNOWN_IN_HOME.has(name));
  if (astray) throw new Error(`it left ${astray} in the home of the host`);
  const own = (await verifyInstalled(paths.home)).find((plugin) => plugin.id === id);
  if (own?.problem) throw own.problem;
}
