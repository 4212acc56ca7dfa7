import type { Fault, FaultPlan } from './faults.ts';

/**
 * What is left out of a run. Chance stays as the seed has it, so a seed and its
 * reduction are a run that replays exactly.
 */
export interface Reduction {
  /** Numbers of the planned faults that happen, from 1. Default all. */
  readonly keepFaults?: readonly number[];
  /** Other numbers for some faults, by fault and field: `{ 2: { forMs: 50 } }`. */
  readonly changes?: Readonly<Record<number, FaultChange>>;
  /** Faults and work have ended by this virtual time. */
  readonly untilMs?: number;
  /** Most pieces of work that the simulation does. */
  readonly work?: number;
}

/** The fields of a fault that may be made smaller, where it has them. */
export const CHANGEABLE = ['atMs', 'forMs', 'calls', 'flushes'] as const;

export type FaultChange = Readonly<Partial<Record<(typeof CHANGEABLE)[number], number>>>;

export interface PlannedFault {
  /** In the order of the plan, from 1. */
  readonly number: number;
  /** As it happens, if it does. */
  readonly fault: Fault;
  /** False when the reduction leaves it out. */
  readonly happens: boolean;
}

/** What a run does of its plan and its work, given a reduction; and how much that was. */
export class Extent {
  readonly reduction: Reduction;
  readonly #planned: PlannedFault[] = [];
  #workDone = 0;
  #faultsEndMs = 0;

  constructor(reduction: Reduction = {}) {
    this.reduction = reduction;
  }

  /** Every fault that was planned so far. */
  get planned(): readonly PlannedFault[] {
    return this.#planned;
  }

  get workDone(): number {
    return this.#workDone;
  }

  /** When the last plan of faults was over, virtual milliseconds. */
  get faultsEndMs(): number {
    return this.#faultsEndMs;
  }

  /** True when one more piece of work is to be done now. */
  takeWork(now: number): boolean {
    const { work, untilMs } = this.reduction;
    if (untilMs !== undefined && now >= untilMs) return false;
    if (work !== undefined && this.#workDone >= work) return false;
    this.#workDone += 1;
    return true;
  }

  /** What of a plan that begins now happens. */
  take(plan: FaultPlan, now: number): FaultPlan {
    const { untilMs = Number.POSITIVE_INFINITY } = this.reduction;
    const durationMs = Math.max(0, Math.min(plan.durationMs, untilMs - now));
    const before = this.#planned.length;
    plan.faults.forEach((fault, index) => {
      this.#planned.push(this.#number(fault, before + index + 1, durationMs));
    });
    this.#faultsEndMs = now + durationMs;
    const faults = this.#planned.slice(before).filter(({ happens }) => happens);
    return { ...plan, faults: faults.map(({ fault }) => fault), durationMs };
  }

  #number(planned: Fault, number: number, durationMs: number): PlannedFault {
    const { keepFaults, changes } = this.reduction;
    const kept = keepFaults === undefined || keepFaults.includes(number);
    const fault = changed(planned, changes?.[number] ?? {});
    const happens = kept && fault.atMs <= durationMs;
    if (!('forMs' in fault)) return { number, fault, happens };
    const forMs = Math.max(0, Math.min(fault.forMs, durationMs - fault.atMs));
    return { number, fault: { ...fault, forMs }, happens };
  }
}

function changed(fault: Fault, change: FaultChange): Fault {
  const fields = Object.entries(change).filter(([field]) => field in fault);
  return { ...fault, ...Object.fromEntries(fields) };
}

/** The options of `npm run sim` that replay it: ` --keep-faults 2,5 --until 4000`, or nothing. */
export function replayOptions(reduction: Reduction): string {
  const { keepFaults, untilMs, work } = reduction;
  const changes = Object.entries(reduction.changes ?? {})
    .filter(([number]) => keepFaults === undefined || keepFaults.includes(Number(number)))
    .flatMap(([number, change]) =>
      Object.entries(change).map(([field, value]) => `${number}.${field}=${value}`),
    );
  const parts: string[] = [];
  if (keepFaults !== undefined) parts.push(`--keep-faults ${keepFaults.join(',') || 'none'}`);
  if (changes.length > 0) parts.push(`--change ${changes.join(',')}`);
  if (untilMs !== undefined) parts.push(`--until ${untilMs}`);
  if (work !== undefined) parts.push(`--work ${work}`);
  return parts.map((part) => ` ${part}`).join('');
}
