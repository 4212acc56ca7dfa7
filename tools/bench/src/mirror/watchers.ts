import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { round } from '../statistics.ts';
import { PLUGIN_FOLDER } from '../switch/switch-lab.ts';
import { type DatabaseConfig, type MirrorLab, SCHEDULER, withMirror } from './mirror-lab.ts';
import { SHAPE } from './shape.ts';
import type { WatcherReport } from './watcher.ts';

const run = promisify(execFile);
// Bundled into `dist`.
const CLIENTS = resolve(import.meta.dirname, 'mirror/watchers-main.js');
/** Connections open one after another, and all of them ask at least once. */
const WARM_MS = 6_000;
const STREAMS = 500;
const JOBS_IN_EACH = 4;
const NEVER_S = 86_000;
const ACTING_WITHIN_MS = 60_000;

export interface Watched {
  /** Events that the scheduler carries out in a second, alone and watched, round by round. */
  readonly aloneS: readonly number[];
  readonly watchedS: readonly number[];
  /** And with few who watch. */
  readonly fewS: readonly number[];
  readonly few: readonly WatcherReport[];
  readonly many: readonly WatcherReport[];
}

/** A real scheduler with its mirror under events and watchers. */
export async function measureWatchers(
  database: DatabaseConfig,
  progress: (line: string) => void,
): Promise<Watched> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  try {
    const topology = join(folder, 'network.yaml');
    const plan = join(folder, 'plan.yaml');
    await writeFile(topology, TOPOLOGY);
    await writeFile(plan, planText());
    const scheduler = { folder: PLUGIN_FOLDER, config: { topology, plan } };
    return await withMirror(scheduler, database, (lab) => rounds(lab, progress));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rounds(lab: MirrorLab, progress: (line: string) => void): Promise<Watched> {
  await acting(lab);
  await lab.command(SCHEDULER, 'jnextday');
  await lab.follows(1);
  const found = { aloneS: [], watchedS: [], fewS: [], few: [], many: [] } as {
    [K in keyof Watched]: Watched[K][number][];
  };
  for (let round_ = 0; round_ < SHAPE.watchRounds; round_ += 1) {
    found.aloneS.push(await eventsPerS(lab));
    const many = await watched(lab, SHAPE.watchers);
    found.watchedS.push(many.perS);
    found.many.push(many.report);
    const few = await watched(lab, SHAPE.fewWatchers);
    found.few.push(few.report);
    found.fewS.push(few.perS);
    progress(
      `events/s: ${Math.round(found.aloneS.at(-1) ?? 0)} alone, ${Math.round(few.perS)} with ${SHAPE.fewWatchers} watchers, ${Math.round(many.perS)} with ${SHAPE.watchers}, who wait ${round(many.report.medianMs)} ms (${round(few.report.medianMs)} ms as ${SHAPE.fewWatchers})`,
    );
  }
  return found;
}

async function acting(lab: MirrorLab): Promise<void> {
  for (const end = performance.now() + ACTING_WITHIN_MS; performance.now() < end; ) {
    const asked = lab.command<{ acting: boolean }>(SCHEDULER, 'showcpus', { selection: 'M' });
    if ((await asked.catch(() => ({ acting: false }))).acting) return;
    await sleep(200);
  }
  throw new Error('nobody acts as master');
}

async function watched(
  lab: MirrorLab,
  count: number,
): Promise<{ readonly perS: number; readonly report: WatcherReport }> {
  const { address, token } = await lab.dashboard();
  const forMs = WARM_MS + SHAPE.watchMs + 1_000;
  const clients = run(
    process.execPath,
    [CLIENTS, address, token, String(count), String(forMs), String(SHAPE.watchEveryMs)],
    { timeout: forMs + 60_000 },
  );
  await sleep(WARM_MS);
  const perS = await eventsPerS(lab);
  const { stdout } = await clients;
  return { perS, report: JSON.parse(stdout) as WatcherReport };
}

/** Changes of a workstation's limit, some of them under way at any moment. */
async function eventsPerS(lab: MirrorLab): Promise<number> {
  const beganMs = performance.now();
  const untilMs = beganMs + SHAPE.watchMs;
  let done = 0;
  const operator = async () => {
    while (performance.now() < untilMs) {
      const value = String((done % 1_000) + 1);
      await lab.command(SCHEDULER, 'limit', { selection: 'M', value });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: SHAPE.underWay }, operator));
  return done / ((performance.now() - beganMs) / 1_000);
}

const TOPOLOGY = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m, limit: 1 }
`;

/** Jobs that wait for their time: what is measured are events alone. */
function planText(): string {
  const lines = ['streams:'];
  for (let stream = 0; stream < STREAMS; stream += 1) {
    lines.push(`  M#S${stream}:`, `    at: +${NEVER_S}`, '    jobs:');
    for (let job = 0; job < JOBS_IN_EACH; job += 1) {
      lines.push(`      J${job}: { command: 'true' }`);
    }
  }
  return `${lines.join('\n')}\n`;
}
