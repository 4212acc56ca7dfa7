import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, pairDefinition, probeStatus } from '@ftctl/demo/pair-lab';
import {
  type Comparison,
  compare,
  openOwnSender,
  SteadyStream,
  type TableRow,
  testInput,
} from '@ftctl/demo/syslog';
import { type Lab, startLab } from '@ftctl/lab';
import { afterEach, describe, expect, it } from 'vitest';

/**
 * A master is killed, stopped and cut off in silence under 200 events/s of real
 * lines. The alert table must equal one that is computed from the input alone.
 */
const EVENTS_PER_SECOND = 200;
/** BeatInterval + BeatThreshold + 1 s, with the defaults. */
const TAKE_OVER_RULE_MS = 4_000;

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.down({ remove: true });
  lab = undefined;
});

const folderOf = (file: string) => dirname(createRequire(import.meta.url).resolve(file));

async function startPair(): Promise<Lab> {
  return startLab({
    definition: pairDefinition(folderOf('@ftctl/plugin-omnibus-probe-peer/ftctl.plugin.json')),
    dir: await mkdtemp(join(tmpdir(), 'ftctl-e2e-')),
    ftctl: join(folderOf('ftctl/package.json'), 'bin', 'ftctl.js'),
  });
}

interface Fault {
  begin(lab: Lab): Promise<unknown>;
  end(lab: Lab): Promise<unknown>;
}

interface Outcome extends Comparison {
  readonly takeOverMs: number;
  readonly handedBack: boolean;
}

async function survive(fault: Fault): Promise<Outcome> {
  lab = await startPair();
  const input = await testInput();
  const [a, b] = await Promise.all([probeStatus(lab, 'probe-a'), probeStatus(lab, 'probe-b')]);
  const sender = await openOwnSender([a.udpPort, b.udpPort]);
  const stream = new SteadyStream(sender, input.lines, EVENTS_PER_SECOND);
  stream.start();
  await sleep(4_000);
  const begunAt = Date.now();
  await fault.begin(lab);
  const takeOverMs = (await activeSince(lab)) - begunAt;
  await sleep(3_000);
  await fault.end(lab);
  await sleep(4_000);
  await stream.stop();
  await sender.close();
  await settled(lab);
  const { alerts } = await ask<{ alerts: readonly TableRow[] }>(lab, 'objectserver', [
    'probe',
    'alerts',
    '--limit',
    '1000000',
  ]);
  const outcome = {
    ...compare(stream.sent, alerts),
    takeOverMs,
    handedBack: !(await probeStatus(lab, 'probe-b')).active,
  };
  console.log(
    `${input.source}: sent ${outcome.sent}, delivered ${outcome.delivered}, lost ${outcome.lost}, ` +
      `duplicated ${outcome.duplicated}, take-over ${takeOverMs} ms`,
  );
  return outcome;
}

async function activeSince(running: Lab): Promise<number> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    const status = await probeStatus(running, 'probe-b');
    if (status.activeSince !== null) return Date.parse(status.activeSince);
  }
  throw new Error('the slave did not take over within 20 s');
}

/** The slave holds events back for 8 s at most. */
async function settled(running: Lab): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(300)) {
    const hosts = ['probe-a', 'probe-b'];
    const probes = await Promise.all(hosts.map((host) => probeStatus(running, host)));
    if (probes.every(({ cached, outbox }) => cached === 0 && outbox === 0)) return;
  }
  throw new Error('the probes did not deliver everything within 30 s');
}

describe('a probe pair under 200 events/s', () => {
  const faults: Record<string, Fault> = {
    'the master is killed and started again': {
      begin: (running) => running.host('probe-a').kill(),
      end: (running) => running.host('probe-a').start(),
    },
    'the master is stopped and goes on': {
      begin: (running) => running.host('probe-a').pause(),
      end: (running) => running.host('probe-a').resume(),
    },
    'the master is cut off in silence': {
      async begin(running) {
        await running.cut('probe-a', 'probe-b', { silent: true });
        await running.cut('probe-a', 'objectserver', { silent: true });
      },
      async end(running) {
        await running.heal('probe-a', 'probe-b');
        await running.heal('probe-a', 'objectserver');
      },
    },
  };

  it.each(Object.entries(faults))('%s: nothing is lost, nothing counts twice', async (_, fault) => {
    const outcome = await survive(fault);
    expect(outcome).toMatchObject({ lost: 0, duplicated: 0, differences: [], handedBack: true });
    expect(outcome.delivered).toBe(outcome.sent);
    expect(outcome.takeOverMs).toBeGreaterThan(0);
    expect(outcome.takeOverMs).toBeLessThanOrEqual(TAKE_OVER_RULE_MS);
  });
});
