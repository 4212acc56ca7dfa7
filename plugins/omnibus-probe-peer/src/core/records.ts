import { json } from '@ftctl/sdk';
import * as v from 'valibot';

/**
 * What a probe stores and ships, and what the two peers tell each other. All of
 * it is checked where it comes in: a disk or a peer may be wrong.
 */

const text = v.pipe(v.string(), v.maxLength(512));
const hostName = v.pipe(v.string(), v.minLength(1), v.maxLength(253));
const timeMs = v.pipe(v.number(), v.finite());
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const print = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const incarnation = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

const alertFields = v.strictObject({
  Identifier: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  Node: text,
  Manager: text,
  AlertGroup: text,
  AlertKey: text,
  Severity: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)),
  Summary: text,
});

/** A position in the log of one incarnation of a peer's store. */
const position = v.strictObject({ incarnation, seq });
export type Position = v.InferOutput<typeof position>;

/** The positions after `after` up to `seq`. */
const range = v.strictObject({ incarnation, after: seq, seq });
export type PositionRange = v.InferOutput<typeof range>;

/**
 * Most ranges that are remembered. A new one begins where reports are missing:
 * when the master has restarted, for example.
 */
export const MAX_KNOWN_RANGES = 8;

const probeEvent = v.strictObject({
  fields: alertFields,
  /** In the ObjectServer's clock, as the probe knows it. */
  occurredAtMs: timeMs,
  /** How this probe saw it; absent where no peer can have seen it too, or where peers do not compare. */
  sighting: v.optional(
    v.strictObject({ print, from: timeMs, to: timeMs, stamp: v.optional(timeMs) }),
  ),
  /** What this probe knew of its peer when it decided to forward the event. */
  pair: v.optional(
    v.strictObject({
      partner: hostName,
      /** The partner's deliveries in these ranges were known, and are not this event. */
      told: v.optional(v.pipe(v.array(range), v.maxLength(MAX_KNOWN_RANGES))),
      /** The partner knows of our own deliveries up to here. */
      settled: v.optional(seq),
    }),
  ),
});

/** An event on its way from a probe to the ObjectServer. */
export type ProbeEvent = v.InferOutput<typeof probeEvent>;

export const probeEventCodec = json<ProbeEvent>('probe event', (value) =>
  v.parse(probeEvent, value),
);

/** The slave's memory of its master's deliveries: those known, on its disk. */
export const rangesCodec = json<readonly PositionRange[]>('known deliveries', (value) =>
  v.parse(v.pipe(v.array(range), v.maxLength(MAX_KNOWN_RANGES)), value),
);

/** ... and of each whose copy has not arrived, how the master saw it. */
const unseenReport = v.strictObject({
  incarnation,
  seq,
  print,
  from: timeMs,
  to: timeMs,
  stamp: v.optional(timeMs),
});
export type StoredReport = v.InferOutput<typeof unseenReport>;
export const unseenReportCodec = json<StoredReport>('unseen delivery', (value) =>
  v.parse(unseenReport, value),
);

/**
 * One delivered event, short: print; received from, in milliseconds after the
 * beat's `baseMs`; width of that window; the sender's stamp, after `baseMs` too;
 * position in the master's log, counted from the beat's `after`.
 */
const offsetMs = v.pipe(v.number(), v.safeInteger());
const report = v.strictTuple([print, offsetMs, offsetMs, v.nullable(offsetMs), seq]);
export type WrittenReport = v.InferOutput<typeof report>;

/** So that a beat stays below the 16 KiB that a link carries in one. */
export const MAX_REPORTS_PER_BEAT = 250;

const masterBeat = v.strictObject({
  incarnation,
  /** The master's interval, which the slave takes over. */
  intervalMs: v.pipe(v.number(), v.minValue(10), v.maxValue(3_600_000)),
  /** `reports` are all that was delivered durably after this position ... */
  after: seq,
  /** ... and up to this one. */
  upTo: seq,
  /** What the times of the reports count from, in the ObjectServer's clock. */
  baseMs: v.pipe(v.number(), v.safeInteger()),
  reports: v.pipe(v.array(report), v.maxLength(MAX_REPORTS_PER_BEAT)),
});

/** The heartbeat of the master. */
export type MasterBeat = v.InferOutput<typeof masterBeat>;

export const masterBeatCodec = json<MasterBeat>('heartbeat of the master', (value) =>
  v.parse(masterBeat, value),
);

/** The slave's answer to a beat: what it knows to be delivered. */
export const toldCodec = json<Position>("slave's answer to a heartbeat", (value) =>
  v.parse(position, value),
);

const alertRow = v.strictObject({
  ...alertFields.entries,
  Serial: seq,
  Tally: seq,
  FirstOccurrence: timeMs,
  LastOccurrence: timeMs,
});
export const alertRowCodec = json('alert row', (value) => v.parse(alertRow, value));

const ledgerEntry = v.strictObject({
  from: timeMs,
  to: timeMs,
  stamp: v.optional(timeMs),
  at: v.strictObject({ incarnation, seq }),
  arrivedAtMs: timeMs,
});

/** One delivery of a pair's member that its partner may still deliver too. */
export type LedgerEntry = v.InferOutput<typeof ledgerEntry>;
export const ledgerCodec = json('ledger entry', (value) => v.parse(v.array(ledgerEntry), value));

export const positionCodec = json('position', (value) => v.parse(position, value));

/** Question and answer by which a probe learns the ObjectServer's time. */
export const clockQuestionCodec = json('clock question', (value) =>
  v.parse(v.strictObject({}), value),
);
export const clockAnswerCodec = json('clock answer', (value) =>
  v.parse(v.strictObject({ nowMs: timeMs }), value),
);

export const offsetCodec = json('clock offset', (value) =>
  v.parse(v.strictObject({ offsetMs: timeMs }), value),
);
