/** How a path is cut: with resets, in silence, or in silence in one direction alone. */
export type CutKind = 'reset' | 'silent' | 'one-way';

/** One fault: when it begins, and for those that last, how long. Plain data, so that a plan can be printed. */
export type Fault = { readonly atMs: number } & (
  | OnHost<'crash'>
  | OnHost<'power-cut'>
  /** A crash inside one of the next calls to a service: between any two steps of a plugin. */
  | OnHost<'crash-in-step', { readonly calls: number }>
  /** A crash while one of the next flushes of the disk is under way: a prefix of its commits survives. */
  | OnHost<'crash-in-flush', { readonly flushes: number; readonly power: boolean }>
  /** A crash, and another one inside one of the first calls of the next start. */
  | OnHost<'crash-in-start', { readonly calls: number }>
  | OnHost<'pause'>
  /** One process of the host alone: the n-th of its plugins, from 0, counted round. */
  | OnHost<'crash-plugin', { readonly nth: number }>
  | OnHost<'pause-plugin', { readonly nth: number }>
  | OnPath<'cut', { readonly how: CutKind }>
  /** Connections that are open stand still while new ones, and beats on them, get through. */
  | OnPath<'stall'>
  /** Cuts a host off from all others. */
  | OnHost<'isolate', { readonly how: 'reset' | 'silent' }>
  /** The ports of a host refuse new connections; open ones go on. */
  | OnHost<'refuse'>
  /** All connections of a host are reset again and again. */
  | OnHost<'reset-storm', { readonly everyMs: number }>
  /** Every commit fails. */
  | OnHost<'disk-full'>
  /** Flushes hang. */
  | OnHost<'disk-hang'>
  /** Flushes take so long. */
  | OnHost<'disk-slow', { readonly flushMs: number }>
  /** A record that is stored goes bad; `pick` in [0, 1) chooses it among all there are. It lasts. */
  | { readonly kind: 'corrupt-record'; readonly host: string; readonly pick: number }
  | { readonly kind: 'clock-jump'; readonly host: string; readonly byMs: number }
  /** The clock of a host runs fast or slow, in parts of a million. */
  | OnHost<'clock-drift', { readonly ppm: number }>
  /** All paths become slow and lossy; beats are lost, doubled and overtake each other. */
  | ({ readonly kind: 'bad-network' } & Poor)
  /** The same for the path between two hosts, in both directions or from one to the other alone. */
  | OnPath<'bad-path', { readonly oneWay: boolean } & Omit<Poor, 'forMs'>>
  /** So few bytes get through in a millisecond, in each direction. */
  | OnPath<'narrow-path', { readonly bytesPerMs: number }>
);

type OnHost<Kind extends string, More = unknown> = {
  readonly kind: Kind;
  readonly host: string;
  readonly forMs: number;
} & More;

type OnPath<Kind extends string, More = unknown> = {
  readonly kind: Kind;
  readonly one: string;
  readonly other: string;
  readonly forMs: number;
} & More;

interface Poor {
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMs: number;
  readonly forMs: number;
}

export type FaultKind = Fault['kind'];

/** The kinds that a plan draws from: all that a plugin has to survive without loss. */
export const FAULT_KINDS: readonly FaultKind[] = [
  'crash',
  'power-cut',
  'crash-in-step',
  'crash-in-flush',
  'crash-in-start',
  'crash-plugin',
  'pause',
  'pause-plugin',
  'cut',
  'stall',
  'isolate',
  'refuse',
  'reset-storm',
  'disk-full',
  'disk-hang',
  'disk-slow',
  'clock-jump',
  'clock-drift',
  'bad-network',
  'bad-path',
  'narrow-path',
];

export interface FaultPlan {
  /** By time. */
  readonly faults: readonly Fault[];
  /** All faults have ended by then, counted from the start of the plan. */
  readonly durationMs: number;
  /** Time without faults after that, in which everything must come right. */
  readonly quietMs: number;
}

/** How long a fault lasts; 0 for one that is a moment. */
export function faultMs(fault: Fault): number {
  return 'forMs' in fault ? fault.forMs : 0;
}

/** `at 1234 ms: crash host=a forMs=200` */
export function describeFault(fault: Fault): string {
  const { atMs, kind, ...fields } = fault;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
  return `at ${atMs} ms: ${kind}${rest.join('')}`;
}
