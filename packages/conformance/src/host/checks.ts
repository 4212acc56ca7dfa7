import {
  callHost,
  callPlugin,
  type PluginHealth,
  readLiveRecord,
  signalProcess,
} from '@ftctl/host';
import { isFtError } from '@ftctl/sdk';
import { type Check, skip } from '../requirement.ts';
import { commandChecks } from './command-checks.ts';
import { endChecks } from './end-checks.ts';
import { describeStatus, type HostSubject, isWorking } from './subject.ts';

/** How long the host may take to notice, wait and start again, beside the plugin's own start. */
const RECOVERY_MARGIN_MS = 10_000;
const HEALTH_QUESTIONS = 5;
const HEALTH_WITHIN_MS = 1_000;

const STARTED = ['FTC-HOST-START'];

/** The first of the checks in a real host; those on the code itself come after it. */
export const installCheck: Check<HostSubject> = {
  id: 'FTC-HOST-INSTALL',
  level: 'MUST',
  text: 'It installs from its tarball as `ftctl plugin add` does it, the trial of its code included.',
  needs: ['FTC-PKG-JSON', 'FTC-MAN-VALID'],
  test: async (subject) => {
    await subject.install();
  },
};

/** A config without which nothing can be run. */
export const configCheck: Check<HostSubject> = {
  id: 'FTC-CFG-RUN',
  level: 'MUST',
  text: 'There is a config to run it with: the empty one, one of `examples`, or one that is given.',
  needs: ['FTC-HOST-INSTALL'],
  test: ({ options }) => {
    if (!options.config)
      throw new Error('none fits: add `examples` to the schema, or use --config');
  },
};

/** The plugin in a real host, from its first start to its end. Their order is part of the test. */
export const hostChecks: readonly Check<HostSubject>[] = [
  {
    id: 'FTC-HOST-START',
    level: 'MUST',
    text: 'In a real host it is ok or degraded within `limits.startMs`.',
    needs: ['FTC-CFG-RUN', 'FTC-LIFE-START', 'FTC-LIFE-HANDLERS'],
    test: async (subject) => {
      await subject.writeConfig(subject.options.config ?? {});
      const status = await subject.up();
      if (!isWorking(status)) throw new Error(`it is ${describeStatus(status)}`);
      if (status.crashes > 0) throw new Error(`it crashed first: ${status.reason}`);
    },
  },
  {
    id: 'FTC-HOST-HEALTH',
    level: 'MUST',
    text: `It answers for its health within ${HEALTH_WITHIN_MS} ms, ${HEALTH_QUESTIONS} times in a row.`,
    needs: STARTED,
    test: async (subject) => {
      for (let asked = 0; asked < HEALTH_QUESTIONS; asked += 1) {
        const { state, reason } = await askHealth(subject);
        if (state !== 'ok' && state !== 'degraded') throw new Error(`it is ${state}: ${reason}`);
      }
    },
  },
  ...commandChecks,
  {
    id: 'FTC-HOST-CONFIG',
    level: 'MUST',
    text: 'A config that its schema refuses is refused by reload, and the plugin runs on.',
    needs: STARTED,
    notClaimed: ({ manifest }) => (manifest.config ? undefined : 'it has no configuration'),
    test: testBadConfig,
  },
  {
    id: 'FTC-HOST-RESTART',
    level: 'MUST',
    text: 'It works again after `ftctl restart`.',
    needs: STARTED,
    test: async (subject) => {
      const { pid = 0 } = await subject.status();
      const { drainMs, startMs } = subject.limits;
      const limitMs = drainMs + startMs + RECOVERY_MARGIN_MS;
      await callHost(subject.paths, 'restart', { plugin: subject.id }, { timeoutMs: limitMs });
      await subject.waitForNewLife(pid, limitMs);
    },
  },
  {
    id: 'FTC-HOST-KILL',
    level: 'MUST',
    text: 'Killed with SIGKILL, it works again by itself.',
    needs: STARTED,
    test: async (subject) => {
      const { pid = 0 } = await subject.status();
      await killPlugin(subject, pid);
      await subject.waitForNewLife(pid, subject.limits.startMs + RECOVERY_MARGIN_MS);
    },
  },
  {
    id: 'FTC-HOST-CRASHES',
    level: 'MUST',
    text: 'It has not crashed by itself, and is not in quarantine.',
    needs: ['FTC-HOST-KILL'],
    test: async (subject) => {
      const { state, crashes, reason } = await subject.status();
      if (state === 'quarantined') throw new Error(`it is in quarantine: ${reason}`);
      if (crashes > 1) throw new Error(`it crashed ${crashes - 1} times by itself: ${reason}`);
    },
  },
  ...endChecks,
];

async function askHealth(subject: HostSubject): Promise<PluginHealth> {
  return callPlugin<PluginHealth>(
    subject.paths,
    subject.id,
    'health',
    {},
    {
      timeoutMs: HEALTH_WITHIN_MS,
    },
  );
}

async function testBadConfig(subject: HostSubject): Promise<void> {
  const { config = {}, badConfig } = subject.options;
  if (!badConfig) skip('its schema seems to accept anything');
  const before = await subject.status();
  await subject.writeConfig(badConfig);
  let refusal: unknown;
  try {
    await callHost(subject.paths, 'reload');
  } catch (error) {
    refusal = error;
  }
  await subject.writeConfig(config);
  if (refusal === undefined) throw new Error(`${JSON.stringify(badConfig)} was accepted`);
  if (!isFtError(refusal)) throw refusal;
  const after = await subject.status();
  if (after.pid !== before.pid) throw new Error('it was restarted');
  if (!isWorking(after)) throw new Error(`it is ${describeStatus(after)}`);
  await callHost(subject.paths, 'reload');
}

/** Kills the process that the run record names, and no other that has got its pid. */
async function killPlugin(subject: HostSubject, pid: number): Promise<void> {
  const identity = await readLiveRecord(subject.paths, subject.id);
  if (identity?.pid !== pid) throw new Error(`its run record does not name process ${pid}`);
  await signalProcess(identity, 'SIGKILL');
}
