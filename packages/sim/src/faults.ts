import type { SeededRandom } from './random.ts';

/** How a path is cut: with resets, in silence, or in silence in one direction alone. */
export type CutKind = 'reset' | 'silent' | 'one-way';

/** One fault: when it begins, and for those that last, how long. Plain data, so that a plan can be printed. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'crash'; readonly host: string; readonly forMs: number }
  | { readonly kind: 'power-cut'; readonly host: string; readonly forMs: number }
  /** A crash inside one of the next calls to a service: between any two steps of a plugin. */
  | {
      readonly kind: 'crash-in-step';
      readonly host: string;
      readonly calls: number;
      readonly forMs: number;
    }
  | { readonly kind: 'pause'; readonly host: string; readonly forMs: number }
  | {
      readonly kind: 'cut';
      readonly one: string;
      readonly other: string;
      readonly how: CutKind;
      readonly forMs: number;
    }
  /** Cuts a host off from all others. */
  | {
      readonly kind: 'isolate';
      readonly host: string;
      readonly how: 'reset' | 'silent';
      readonly forMs: number;
    }
  | { readonly kind: 'disk-full'; readonly host: string; readonly forMs: number }
  /** Flushes of a host's disk hang. */
  | { readonly kind: 'disk-hang'; readonly host: string; readonly forMs: number }
  | { readonly kind: 'clock-jump'; readonly host: string; readonly byMs: number }
  /** All paths become slow and lossy; beats are lost, doubled and overtake each other. */
  | {
      readonly kind: 'bad-network';
      readonly loss: number;
      readonly duplicate: number;
      readonly delayMs: number;
      readonly forMs: number;
    }
);

export type FaultKind = Fault['kind'];

export const FAULT_KINDS: readonly FaultKind[] = [
  'crash',
  'power-cut',
  'crash-in-step',
  'pause',
  'cut',
  'isolate',
  'disk-full',
  'disk-hang',
  'clock-jump',
  'bad-network',
];

export interface FaultPlan {
  /** By time. */
  readonly faults: readonly Fault[];
  /** All faults have ended by then, counted from the start of the plan. */
  readonly durationMs: number;
  /** Time without faults after that, in which everything must come right. */
  readonly quietMs: number;
}

export interface FaultPlanOptions {
  readonly hosts: readonly string[];
  /** Default all. */
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

const NEEDS_TWO_HOSTS: readonly FaultKind[] = ['cut', 'isolate'];
const MAX_CALLS_TO_CRASH = 60;
const MAX_CLOCK_JUMP_MS = 3_600_000;

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
  const [host = '', other = ''] = random.shuffle(hosts);
  switch (kind) {
    case 'crash':
    case 'power-cut':
    case 'pause':
    case 'disk-full':
    case 'disk-hang':
      return { atMs, kind, host, forMs };
    case 'crash-in-step':
      return { atMs, kind, host, calls: 1 + random.int(MAX_CALLS_TO_CRASH), forMs };
    case 'cut': {
      const how = random.pick(['reset', 'silent', 'one-way'] as const);
      return { atMs, kind, one: host, other, how, forMs };
    }
    case 'isolate':
      return { atMs, kind, host, how: random.pick(['reset', 'silent']), forMs };
    case 'clock-jump':
      return { atMs, kind, host, byMs: random.between(-MAX_CLOCK_JUMP_MS, MAX_CLOCK_JUMP_MS) };
    case 'bad-network': {
      const [loss, duplicate] = [random.between(0, 0.3), random.between(0, 0.3)];
      return { atMs, kind, loss, duplicate, delayMs: random.between(2, 300), forMs };
    }
  }
}

/** `at 1234 ms: crash host=a forMs=200` */
export function describeFault(fault: Fault): string {
  const { atMs, kind, ...fields } = fault;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
  return `at ${atMs} ms: ${kind}${rest.join('')}`;
}
