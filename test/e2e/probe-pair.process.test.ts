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
  const crashes = await lab?.crashes();
  await lab?.down({ remove: true });
  lab = undefined;
  expect(crashes ?? []).toEqual([]);
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

/** Streams real lines to both probes while `during` acts, and compares the table with what was sent. */
async function stream(running: Lab, during: () => Promise<void>): Promise<Comparison> {
  const input = await testInput();
  const ports = await Promise.all(
    ['probe-a', 'probe-b'].map(async (host) => (await probeStatus(running, host)).udpPort),
  );
  const sender = await openOwnSender(ports);
  const lines = new SteadyStream(sender, input.lines, EVENTS_PER_SECOND);
  lines.start();
  await sleep(2_000);
  await during();
  await sleep(2_000);
  await lines.stop();
  await sender.close();
  await settled(running);
  const args = ['probe', 'alerts', '--limit', '1000000'];
  const { alerts } = await ask<{ alerts: readonly TableRow[] }>(running, 'objectserver', args);
  const comparison = compare(lines.sent, alerts);
  const { sent, delivered, lost, duplicated } = comparison;
  console.log(
    `${input.source}: sent ${sent}, delivered ${delivered}, lost ${lost}, duplicated ${duplicated}`,
  );
  return comparison;
}

async function survive(fault: Fault): Promise<Outcome> {
  const running = await startPair();
  lab = running;
  let takeOverMs = Number.NaN;
  const comparison = await stream(running, async () => {
    const begunAt = Date.now();
    await fault.begin(running);
    takeOverMs = (await activeSince(running)) - begunAt;
    console.log(`take-over after ${takeOverMs} ms`);
    await sleep(2_000);
    await fault.end(running);
  });
  const handedBack = !(await probeStatus(running, 'probe-b')).active;
  return { ...comparison, takeOverMs, handedBack };
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

  it("the master's daemon alone is killed: no link breaks, and the next one adopts the plugin", async () => {
    const running = await startPair();
    lab = running;
    const pidOf = async () => (await pluginStatus(running)).pid;
    const before = await pidOf();
    const comparison = await stream(running, async () => {
      await running.host('probe-a').kill({ daemon: true });
      await sleep(4_500);
      await running.host('probe-a').start();
    });
    expect(comparison).toMatchObject({ lost: 0, duplicated: 0, differences: [] });
    expect(await pidOf()).toBe(before);
    expect((await probeStatus(running, 'probe-b')).takeovers).toBe(0);
  });
});

async function pluginStatus(running: Lab): Promise<{ readonly pid: number }> {
  const { plugins } = await ask<{ plugins: readonly { pid: number }[] }>(running, 'probe-a', [
    'status',
  ]);
  const [plugin] = plugins;
  if (plugin === undefined) throw new Error('probe-a has no plugin');
  return plugin;
}
