import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../host/proc.ts';
import { median, round } from '../statistics.ts';
import { figure3Day } from './networks.ts';
import { beginDay, linked, unfinishedJobs } from './questions.ts';
import { SentBytes } from './sent-bytes.ts';
import { SHAPE } from './shape.ts';
import { type SwitchLab, withLab } from './switch-lab.ts';

const LOOK_EVERY_MS = 1_000;

/** What all daemons and plugins of a network have used over the same time, with the same plan. */
export interface Cost {
  readonly bytes: number;
  readonly cpuS: number;
}

/** A day with its jobs, and a shorter time after them. */
export interface Day {
  readonly day: Cost;
  readonly idle: Cost;
}

export interface FeatureCost {
  readonly on: readonly Day[];
  readonly off: readonly Day[];
  /** Medians of the rounds' ratios of on to off, over the day. */
  readonly bytes: number;
  readonly cpu: number;
  /** The same without what the hosts would have used idle over the same time. */
  readonly bytesOfEventsAlone: number;
  readonly cpuOfEventsAlone: number;
}

/** The same day in the same network with switch fault tolerance and without, in turns. */
export async function measureFeatureCost(progress: (line: string) => void): Promise<FeatureCost> {
  const on: Day[] = [];
  const off: Day[] = [];
  for (let round = 1; round <= SHAPE.costRounds; round += 1) {
    off.push(await oneDay(false));
    on.push(await oneDay(true));
    const told = (one?: Day) => `${one?.day.bytes} bytes, ${one?.day.cpuS.toFixed(2)} s of CPU`;
    progress(`round ${round}: without ${told(off.at(-1))}; with ${told(on.at(-1))}`);
  }
  const ratio = (of: (day: Day) => number) =>
    median(on.map((day, at) => of(day) / of(off[at] ?? day)));
  const alone = (of: (cost: Cost) => number) => (one: Day) =>
    of(one.day) - (of(one.idle) * SHAPE.costMs) / SHAPE.idleMs;
  const bytesOf = ({ bytes }: Cost) => bytes;
  const cpuOf = ({ cpuS }: Cost) => cpuS;
  return {
    on,
    off,
    bytes: ratio(({ day }) => bytesOf(day)),
    cpu: ratio(({ day }) => cpuOf(day)),
    bytesOfEventsAlone: ratio(alone(bytesOf)),
    cpuOfEventsAlone: ratio(alone(cpuOf)),
  };
}

async function oneDay(switchFaultTolerance: boolean): Promise<Day> {
  const network = await figure3Day(SHAPE.costJobs);
  return withLab({ network, switchFaultTolerance }, async (lab) => {
    await linked(lab);
    const pids = await lab.pids();
    const sent = new SentBytes(pids);
    const day = await costOver(SHAPE.costMs, { pids, sent }, () => beginDay(lab));
    await requireEnded(lab);
    return { day, idle: await costOver(SHAPE.idleMs, { pids, sent }) };
  });
}

interface Watched {
  readonly pids: readonly number[];
  readonly sent: SentBytes;
}

async function costOver(
  forMs: number,
  { pids, sent }: Watched,
  work: () => Promise<void> = () => Promise.resolve(),
): Promise<Cost> {
  await sent.look();
  const before = { bytes: sent.total, cpuS: await cpuSecondsOf(pids) };
  const endMs = performance.now() + forMs;
  await work();
  while (performance.now() < endMs) {
    await sleep(LOOK_EVERY_MS);
    await sent.look();
  }
  const cpuS = round((await cpuSecondsOf(pids)) - before.cpuS);
  return { bytes: sent.total - before.bytes, cpuS };
}

/** Both days must have done the same. */
async function requireEnded(lab: SwitchLab): Promise<void> {
  const left = await unfinishedJobs(lab, 'master');
  if (left > 0) throw new Error(`${left} of ${SHAPE.costJobs} jobs had not ended in time`);
}

async function cpuSecondsOf(pids: readonly number[]): Promise<number> {
  const all = await Promise.all(pids.map(cpuSeconds));
  return all.reduce((sum, seconds) => sum + seconds, 0);
}
