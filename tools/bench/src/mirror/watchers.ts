import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { PLUGIN_FOLDER } from '../switch/switch-lab.ts';
import { type DatabaseConfig, type MirrorLab, SCHEDULER, withMirror } from './mirror-lab.ts';
import { SHAPE } from './shape.ts';
import type { WatchersSaw } from './watcher.ts';

// Bundled into `dist`.
const CLIENTS = resolve(import.meta.dirname, 'mirror/watchers-main.js');
const BARE_SERVER = resolve(import.meta.dirname, 'mirror/bare-server-main.js');
const STREAMS = 500;
const JOBS_IN_EACH = 4;
const NEVER_S = 86_000;
/** Each has its connection by then, and each process is warm. */
const WARM_MS = 2 * SHAPE.watchEveryMs;
const ACTING_WITHIN_MS = 60_000;
/** Rounds of which progress is told together. */
const TOLD_ROUNDS = 20;

/** A stretch of time with as many watchers. */
interface Turn extends WatchersSaw {
  /** Events that the scheduler carried out in a second. */
  readonly perS: number;
}

/** Who watches: nobody, few or many, or as many whose questions go to a bare server instead. */
const TURNS = ['alone', 'few', 'bare', 'many'] as const;
export type TurnName = (typeof TURNS)[number];
/** The turns of a round follow each other in half a second: what drifts is in each of them. */
export type Round = Readonly<Record<TurnName, Turn>>;

/** A real scheduler with its mirror under events and watchers. */
export async function measureWatchers(
  database: DatabaseConfig,
  progress: (line: string) => void,
): Promise<readonly Round[]> {
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

async function rounds(lab: MirrorLab, progress: (line: string) => void): Promise<readonly Round[]> {
  await acting(lab);
  await lab.command(SCHEDULER, 'jnextday');
  await lab.follows(1);
  const { address, token } = await lab.dashboard();
  const bare = startChild(BARE_SERVER);
  const bareAddress = await bare.ask<string>({});
  const shape = [SHAPE.watchers, SHAPE.watchEveryMs].map(String);
  const crowd = startChild(CLIENTS, [address, token, ...shape]);
  const elsewhere = startChild(CLIENTS, [bareAddress, token, ...shape]);
  const operators = new Operators(lab, SHAPE.underWay);
  const turns: Readonly<Record<TurnName, () => Promise<Turn>>> = {
    alone: () => takeTurn(crowd, operators, 0),
    few: () => takeTurn(crowd, operators, SHAPE.fewWatchers),
    bare: () => takeTurn(elsewhere, operators, SHAPE.watchers),
    many: () => takeTurn(crowd, operators, SHAPE.watchers),
  };
  try {
    for (const each of [crowd, elsewhere]) await takeTurn(each, operators, SHAPE.watchers, WARM_MS);
    const found: Round[] = [];
    while (found.length < SHAPE.watchRounds) {
      // What a turn leaves to the next one goes both ways.
      const order = found.length % 2 === 0 ? TURNS : TURNS.toReversed();
      const taken: [TurnName, Turn][] = [];
      for (const name of order) taken.push([name, await turns[name]()]);
      found.push(Object.fromEntries(taken) as Round);
      if (found.length % TOLD_ROUNDS === 0) progress(ratesOf(found.slice(-TOLD_ROUNDS)));
    }
    return found;
  } finally {
    await operators.stop();
    for (const child of [crowd, elsewhere, bare]) await child.end();
  }
}

/** Events per second, in the mean of the rounds. */
export function meanPerS(rounds: readonly Round[], turn: TurnName): number {
  return rounds.reduce((sum, round) => sum + round[turn].perS, 0) / rounds.length;
}

function ratesOf(rounds: readonly Round[]): string {
  const rates = TURNS.map((turn) => `${Math.round(meanPerS(rounds, turn))} ${turn}`);
  return `events/s: ${rates.join(', ')}`;
}

async function acting(lab: MirrorLab): Promise<void> {
  for (const end = performance.now() + ACTING_WITHIN_MS; performance.now() < end; ) {
    const asked = lab.command<{ acting: boolean }>(SCHEDULER, 'showcpus', { selection: 'M' });
    if ((await asked.catch(() => ({ acting: false }))).acting) return;
    await sleep(200);
  }
  throw new Error('nobody acts as master');
}

/** @param settleMs after which they have begun to ask */
async function takeTurn(
  crowd: Child,
  operators: Operators,
  watching: number,
  settleMs: number = SHAPE.settleMs,
): Promise<Turn> {
  await crowd.ask({ watching });
  await sleep(settleMs);
  await crowd.ask({ watching });
  const before = operators.done;
  const beganMs = performance.now();
  await sleep(SHAPE.watchMs);
  const perS = (operators.done - before) / ((performance.now() - beganMs) / 1_000);
  return { perS, ...(await crowd.ask<WatchersSaw>({ watching: 0 })) };
}

/** Change a workstation's limit over and over, each with one change under way. */
class Operators {
  done = 0;
  #isOver = false;
  readonly #all: Promise<unknown>;

  constructor(lab: MirrorLab, count: number) {
    this.#all = Promise.all(Array.from({ length: count }, () => this.#operate(lab)));
    // Who stops them hears of it.
    this.#all.catch(() => undefined);
  }

  /** @throws what an operator was told */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#all;
  }

  async #operate(lab: MirrorLab): Promise<void> {
    while (!this.#isOver) {
      const value = String((this.done % 1_000) + 1);
      await lab.command(SCHEDULER, 'limit', { selection: 'M', value });
      this.done += 1;
    }
  }
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
