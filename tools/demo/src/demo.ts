import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { describeError } from '@ftctl/sdk';
import { Command } from 'commander';
import { ask, pairDefinition, probeStatus } from './pair-lab.ts';
import { printReport, type Report } from './report.ts';
import { chooseInput, compare, openSender, SteadyStream, type TableRow } from './syslog/index.ts';

const RATE_PER_SECOND = 200;
const BEFORE_KILL_MS = 7_000;
const AFTER_TAKE_OVER_MS = 5_000;
const AFTER_RESTART_MS = 5_000;
/** The slave holds events back for 8 s at most; then all must be in the table. */
const SETTLE_WITHIN_MS = 30_000;
const TAKE_OVER_WITHIN_MS = 20_000;

interface Options {
  readonly input?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

const program = new Command('npm run demo --')
  .description(
    'Starts a probe pair and an ObjectServer on this machine, streams syslog lines to both probes,\n' +
      'kills the master in mid-stream with SIGKILL and restarts it, and compares the alert table\n' +
      'with what was sent. Ends with 0 when nothing was lost, with 1 otherwise.',
  )
  .option('--input <file>', 'send the lines of this file')
  .option('--keep', 'leave the three hosts running for a look around')
  .option('--json', 'print the figures as one JSON object')
  .parse();

process.exitCode = await main(program.opts<Options>());

async function main(options: Options): Promise<number> {
  const startedAt = performance.now();
  const say = (text: string) => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5);
    process.stderr.write(`${seconds} s  ${text}\n`);
  };
  const dir = await mkdtemp(join(tmpdir(), 'ftctl-demo-'));
  let lab: Lab | undefined;
  const end = async () => {
    if (options.keep) say(`left running; end it with: npx --no ftctl lab down --dir ${dir} --rm`);
    else await lab?.down({ remove: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      end().finally(() => process.exit(130));
    });
  }
  try {
    lab = await startLab({
      definition: pairDefinition(
        packageFolder('@ftctl/plugin-omnibus-probe-peer/ftctl.plugin.json'),
      ),
      dir,
      ftctl: join(packageFolder('ftctl/package.json'), 'bin', 'ftctl.js'),
      onStep: say,
    });
    const report = await killTheMaster(lab, options.input, say);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else printReport(report);
    return report.lost === 0 ? 0 : 1;
  } catch (cause) {
    process.stderr.write(`The demonstration failed: ${describeError(cause)}\n`);
    return 1;
  } finally {
    await end();
  }
}

async function killTheMaster(
  lab: Lab,
  inputFile: string | undefined,
  say: (text: string) => void,
): Promise<Report> {
  const input = await chooseInput(inputFile);
  const [a, b] = await Promise.all(['probe-a', 'probe-b'].map((host) => probeStatus(lab, host)));
  const sender = await openSender([a?.udpPort ?? 0, b?.udpPort ?? 0]);
  const stream = new SteadyStream(sender, input.lines, RATE_PER_SECOND);
  say(`${sender.name}: ${RATE_PER_SECOND} events/s to both probes, from ${input.source}`);
  stream.start();
  await sleep(BEFORE_KILL_MS);
  say('killing the master, probe-a, with SIGKILL: its plugin and its daemon');
  const killedAt = Date.now();
  await lab.host('probe-a').kill({ signal: 'SIGKILL' });
  const takeOverMs = await takeOverTime(lab, killedAt);
  say(`probe-b has taken over after ${(takeOverMs / 1_000).toFixed(2)} s`);
  await sleep(AFTER_TAKE_OVER_MS);
  say('starting probe-a again');
  await lab.host('probe-a').start();
  await sleep(AFTER_RESTART_MS);
  await stream.stop();
  await sender.close();
  say(`sent ${stream.sent.length} events; waiting until the alert table has settled`);
  const rows = await settledTable(lab);
  const comparison = compare(stream.sent, rows);
  const slave = await probeStatus(lab, 'probe-b');
  return {
    input: input.source,
    sender: sender.name,
    ...comparison,
    rows: rows.length,
    takeOverMs,
    handedBack: !slave.active,
  };
}

async function takeOverTime(lab: Lab, killedAt: number): Promise<number> {
  const deadline = Date.now() + TAKE_OVER_WITHIN_MS;
  while (Date.now() < deadline) {
    const { activeSince } = await probeStatus(lab, 'probe-b');
    if (activeSince !== null) return Date.parse(activeSince) - killedAt;
    await sleep(100);
  }
  throw new Error(`the slave did not take over within ${TAKE_OVER_WITHIN_MS} ms`);
}

/** The alert table once no probe has anything left for it. */
async function settledTable(lab: Lab): Promise<readonly TableRow[]> {
  const deadline = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const probes = await Promise.all(['probe-a', 'probe-b'].map((host) => probeStatus(lab, host)));
    const left = probes.reduce((sum, probe) => sum + probe.cached + probe.outbox, 0);
    if (left === 0 || Date.now() > deadline) break;
    await sleep(500);
  }
  const args = ['probe', 'alerts', '--limit', '1000000'];
  const { alerts } = await ask<{ alerts: readonly TableRow[] }>(lab, 'objectserver', args);
  return alerts;
}

function packageFolder(exported: string): string {
  return dirname(createRequire(import.meta.url).resolve(exported));
}
