import { FAULT_KINDS, type Fault, type FaultKind, type FaultPlan } from './faults.ts';
import type { SeededRandom } from './random.ts';

export interface FaultPlanOptions {
  readonly hosts: readonly string[];
  /** Default all of `FAULT_KINDS`. */
  readonly kinds?: readonly FaultKind[];
  /** Most faults; at least one. Default 8. */
  readonly maxFaults?: number;
  /** Default 30,000. */
  readonly durationMs?: number;
  /** Default 30,000. */
  readonly quietMs?: number;
  /** Longest time that one fault lasts. Default 10,000. */
  readonly maxFaultMs?: number;
}

const NEEDS_TWO_HOSTS: readonly FaultKind[] = [
  'cut',
  'stall',
  'isolate',
  'refuse',
  'reset-storm',
  'bad-path',
  'narrow-path',
];
const MAX_CALLS_TO_CRASH = 60;
/** A start makes few calls before it is over. */
const MAX_CALLS_IN_START = 12;
const MAX_FLUSHES_TO_CRASH = 30;
const MAX_PLUGINS = 8;
const MAX_CLOCK_JUMP_MS = 3_600_000;
const MAX_DRIFT_PPM = 10_000;
const MAX_SLOW_FLUSH_MS = 500;
const MAX_DELAY_MS = 300;

/** A random script of faults that ends with everything healed. The same chance gives the same plan. */
export function planFaults(random: SeededRandom, options: FaultPlanOptions): FaultPlan {
  const { hosts, maxFaults = 8, durationMs = 30_000, quietMs = 30_000 } = options;
  const kinds = (options.kinds ?? FAULT_KINDS).filter(
    (kind) => hosts.length > 1 || !NEEDS_TWO_HOSTS.includes(kind),
  );
  const faults = Array.from({ length: 1 + random.int(maxFaults) }, () =>
    planFault(random, random.pick(kinds), hosts, durationMs, options.maxFaultMs ?? 10_000),
  );
  faults.sort((left, right) => left.atMs - right.atMs);
  return { faults, durationMs, quietMs };
}

function planFault(
  random: SeededRandom,
  kind: FaultKind,
  hosts: readonly string[],
  durationMs: number,
  maxFaultMs: number,
): Fault {
  // Short faults are as telling as long ones: draw the length by orders of magnitude.
  const longest = Math.min(random.pick([10, 200, 2_000, maxFaultMs]), maxFaultMs, durationMs);
  const forMs = random.between(0, longest);
  const atMs = random.between(0, durationMs - forMs);
  const [host = '', second = ''] = random.shuffle(hosts);
  const onHost = { atMs, host, forMs };
  const onPath = { atMs, one: host, other: second, forMs };
  switch (kind) {
    case 'crash':
    case 'power-cut':
    case 'pause':
    case 'refuse':
    case 'disk-full':
    case 'disk-hang':
      return { ...onHost, kind };
    case 'crash-in-step':
      return { ...onHost, kind, calls: 1 + random.int(MAX_CALLS_TO_CRASH) };
    case 'crash-in-start':
      return { ...onHost, kind, calls: 1 + random.int(MAX_CALLS_IN_START) };
    case 'crash-in-flush': {
      const flushes = 1 + random.int(MAX_FLUSHES_TO_CRASH);
      return { ...onHost, kind, flushes, power: random.chance(0.5) };
    }
    case 'crash-plugin':
    case 'pause-plugin':
      return { ...onHost, kind, nth: random.int(MAX_PLUGINS) };
    case 'cut':
      return { ...onPath, kind, how: random.pick(['reset', 'silent', 'one-way'] as const) };
    case 'stall':
      return { ...onPath, kind };
    case 'isolate':
      return { ...onHost, kind, how: random.pick(['reset', 'silent']) };
    case 'reset-storm':
      return { ...onHost, kind, everyMs: random.between(5, 500) };
    case 'disk-slow':
      return { ...onHost, kind, flushMs: random.between(10, MAX_SLOW_FLUSH_MS) };
    case 'corrupt-record':
      return { atMs, kind, host, pick: random.float() };
    case 'clock-jump':
      return { atMs, kind, host, byMs: random.between(-MAX_CLOCK_JUMP_MS, MAX_CLOCK_JUMP_MS) };
    case 'clock-drift':
      return { ...onHost, kind, ppm: random.int(2 * MAX_DRIFT_PPM + 1) - MAX_DRIFT_PPM };
    case 'bad-network':
      return { atMs, kind, ...poor(random), forMs };
    case 'bad-path':
      return { ...onPath, kind, oneWay: random.chance(0.5), ...poor(random) };
    case 'narrow-path':
      // From a modem's 2 KB/s to a bad line's 200 KB/s.
      return { ...onPath, kind, bytesPerMs: random.pick([2, 20, 200]) };
  }
}

function poor(random: SeededRandom) {
  const [loss, duplicate] = [random.between(0, 0.3), random.between(0, 0.3)];
  return { loss, duplicate, delayMs: random.between(2, MAX_DELAY_MS) };
}
