import {
  checked,
  type Epoch,
  epochSchema,
  identityEntries,
  type MessageIdentity,
  type Part,
  type PlanHeader,
  type PlanId,
  partSchema,
  planIdSchema,
  type Version,
} from '@ftctl/plan';
import {
  type BeatChannel,
  type Codec,
  json,
  type RequestChannel,
  type StreamChannel,
} from '@ftctl/sdk';
import * as v from 'valibot';
import { type Envelope, envelopeCodec } from './core/envelope.ts';

/** What workstations say to each other. Everything is checked where it comes in. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const text = v.pipe(v.string(), v.maxLength(4_096));
const epochs = v.record(name, epochSchema);
const marks = v.record(v.pipe(v.string(), v.maxLength(128)), count);
/** The last messages of a sender that are compared when a session opens. */
export const HEAD_MESSAGES = 8;

const known = v.strictObject({
  inc: count,
  nonce: identityEntries.nonce,
  mark: count,
  head: v.exactOptional(
    v.strictObject({
      id: count,
      checksums: v.pipe(v.array(name), v.maxLength(HEAD_MESSAGES)),
    }),
  ),
});

function channel<Q, R>(
  channelName: string,
  question: v.GenericSchema<Q>,
  answer: v.GenericSchema<R>,
): RequestChannel<Q, R> {
  const codec = <T>(what: string, schema: v.GenericSchema<T>): Codec<T> =>
    json(what, (value) => checked(schema, value));
  return {
    name: channelName,
    question: codec(`a question on ${channelName}`, question),
    answer: codec(`an answer on ${channelName}`, answer),
  };
}

/** Asks for a session: a connection at the level of workstations. */
export interface OpenQuestion {
  readonly from: string;
  /** Names this session, so that a late `close` does not end the next one. */
  readonly session: string;
  readonly topology: string;
  readonly plan: PlanId;
  readonly inc: number;
  readonly nonce: string;
  readonly lastId: number;
  readonly epochs: Readonly<Record<string, Epoch>>;
}

export interface OpenAnswer {
  readonly epochs: Readonly<Record<string, Epoch>>;
  readonly plan: PlanId;
  /**
   * Newest incarnation of the asker that is known here, its mark, and the last
   * messages that it brought itself: id of the last one and their checksums, the oldest first.
   */
  readonly known?: {
    readonly inc: number;
    readonly nonce: string;
    readonly mark: number;
    readonly head?: { readonly id: number; readonly checksums: readonly string[] };
  };
  /** Why there is no session. */
  readonly refused?: { readonly code: string; readonly why: string };
}

const planId: v.GenericSchema<PlanId> = planIdSchema;

export const openRequest = channel<OpenQuestion, OpenAnswer>(
  'open',
  v.strictObject({
    from: name,
    session: name,
    topology: name,
    plan: planId,
    inc: count,
    nonce: identityEntries.nonce,
    lastId: count,
    epochs,
  }),
  v.strictObject({
    epochs,
    plan: planId,
    known: v.exactOptional(known),
    refused: v.exactOptional(v.strictObject({ code: name, why: text })),
  }),
);

export const closeRequest = channel<{ readonly session: string }, Record<string, never>>(
  'close',
  v.strictObject({ session: name }),
  v.strictObject({}) as v.GenericSchema<Record<string, never>>,
);

/** Says that a session lives, and which plan its sender works with: an event of it may have gone another way. */
export interface Pulse {
  readonly session: string;
  readonly plan: PlanId;
}
export const pulseBeats: BeatChannel<Pulse> = {
  name: 'pulse',
  codec: json('a pulse', (value) =>
    checked(v.strictObject({ session: name, plan: planId }), value),
  ),
};

/** The answer to a pulse of a session that is not known: its receiver has begun anew. */
export const goneBeats: BeatChannel<Pulse> = { ...pulseBeats, name: 'gone' };

/** A workstation's own messages, to its domain's core. */
export const ownStream: StreamChannel<Envelope> = { name: 'own', codec: envelopeCodec };
/** A manager's messages to one target. */
export const roadStream: StreamChannel<Envelope> = { name: 'road', codec: envelopeCodec };

/** Most marks in one block of an event counter. */
export const BLOCK_MARKS = 5_000;

/** Second step of the replay protocol: one block of the event counter. */
export interface CounterQuestion {
  readonly epoch: Epoch;
  readonly domain: string;
  /** 0 for the first block; the next block is an ACK of the one before. */
  readonly block: number;
}
export interface CounterBlock {
  readonly marks: Readonly<Record<string, number>>;
  readonly plan: PlanId;
  readonly more: boolean;
  /** Over all marks, in the last block. */
  readonly checksum?: string;
  /** NACK: the counter cannot be read. */
  readonly damaged?: string;
  readonly epochs: Readonly<Record<string, Epoch>>;
}
export const counterRequest = channel<CounterQuestion, CounterBlock>(
  'counter',
  v.strictObject({ epoch: epochSchema, domain: name, block: count }),
  v.strictObject({
    marks,
    plan: planId,
    more: v.boolean(),
    checksum: v.exactOptional(name),
    damaged: v.exactOptional(text),
    epochs,
  }),
);

/**
 * A manager tells its core how far its neighbours are, so that ftboxes can be
 * trimmed, and how far it is itself, so that nobody of the core is left behind.
 */
export interface MarksReport {
  /** Per target the marks that it has reached since the last report. */
  readonly reached: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Targets for which nothing needs to be kept: they were dropped and will be initialised. */
  readonly dropped: readonly string[];
  /** What the manager has of the members of its domain. */
  readonly members: Readonly<Record<string, number>>;
}
export const marksRequest = channel<MarksReport, Record<string, never>>(
  'marks',
  v.strictObject({
    reached: v.record(name, marks),
    dropped: v.pipe(v.array(name), v.maxLength(10_000)),
    members: marks,
  }),
  v.strictObject({}) as v.GenericSchema<Record<string, never>>,
);

/** Asks for a copy of the plan as the other has it, page by page. */
export interface SnapshotQuestion {
  /** Named by the first answer; absent in the first question. */
  readonly token?: string;
  readonly page: number;
}
/** Pages of one copy; a plan that has more is refused by whoever makes it. */
export const MAX_COPY_PAGES = 10_000;

export interface SnapshotPage {
  readonly token: string;
  readonly header?: PlanHeader;
  /** Marks that the copy stands for; on the first page. */
  readonly marks?: Readonly<Record<string, number>>;
  /** All marks of the maker; of some origins it knows only what concerns itself. On the first page. */
  readonly known?: Readonly<Record<string, number>>;
  /** The newest plan that may be worked with; on the first page. */
  readonly announced?: PlanId;
  readonly parts: readonly Part[];
  readonly more: boolean;
}
export const snapshotRequest = channel<SnapshotQuestion, SnapshotPage>(
  'snapshot',
  v.strictObject({ token: v.exactOptional(name), page: count }),
  v.strictObject({
    token: name,
    header: v.exactOptional(
      v.strictObject({
        plan: planId,
        madeAtMs: v.number(),
        switchFaultTolerance: v.boolean(),
      }),
    ),
    marks: v.exactOptional(marks),
    known: v.exactOptional(marks),
    announced: v.exactOptional(planId),
    parts: v.array(partSchema),
    more: v.boolean(),
  }),
);

/** Asks a core member for what its ftbox holds, to have the same. */
export interface BoxQuestion {
  readonly direction: 'up' | 'down';
  readonly after: number;
}
export interface BoxPage {
  /** As they are written, without `prev`. */
  readonly records: readonly { readonly seq: number; readonly sealed: string }[];
  readonly more: boolean;
}
export const boxRequest = channel<BoxQuestion, BoxPage>(
  'ftbox',
  v.strictObject({ direction: v.picklist(['up', 'down']), after: count }),
  v.strictObject({
    records: v.array(v.strictObject({ seq: count, sealed: v.string() })),
    more: v.boolean(),
  }),
);

/** The master asks a full-status agent of its domain to store a plan, before anybody is told of it. */
export const offerRequest = channel<{ readonly plan: PlanId }, { readonly stored: PlanId }>(
  'offer',
  v.strictObject({ plan: planId }),
  v.strictObject({ stored: planId }),
);

/** Ranges of ids by origin: everything after the first up to the second. */
export type Ranges = Readonly<Record<string, readonly [number, number]>>;

/** Most messages in one answer. */
export const PULL_MESSAGES = 1_000;

/** A new manager asks a core member for messages that it lacks. */
export const pullRequest = channel<
  { readonly ranges: Ranges },
  { readonly sealed: readonly string[] }
>(
  'pull',
  v.strictObject({
    ranges: v.record(v.pipe(v.string(), v.maxLength(128)), v.strictTuple([count, count])),
  }),
  v.strictObject({ sealed: v.pipe(v.array(v.string()), v.maxLength(PULL_MESSAGES)) }),
);

/** What an operator asks of the workstation that must act: to take over, or to change who votes. */
export interface OperateQuestion {
  readonly operation: 'switchmgr' | 'forecast' | 'voters';
  readonly domain: string;
  readonly force?: boolean;
  readonly add?: string;
  readonly remove?: string;
}
export interface OperateAnswer {
  readonly ok: boolean;
  readonly text: string;
  readonly details?: unknown;
}
export const operateRequest = channel<OperateQuestion, OperateAnswer>(
  'operate',
  v.strictObject({
    operation: v.picklist(['switchmgr', 'forecast', 'voters']),
    domain: name,
    force: v.exactOptional(v.boolean()),
    add: v.exactOptional(name),
    remove: v.exactOptional(name),
  }),
  v.strictObject({ ok: v.boolean(), text, details: v.exactOptional(v.unknown()) }),
);

/** A manager has given up what it held for the asked: it is to take a copy of the plan. */
export const initialiseRequest = channel<Record<string, never>, Record<string, never>>(
  'initialise',
  v.strictObject({}) as v.GenericSchema<Record<string, never>>,
  v.strictObject({}) as v.GenericSchema<Record<string, never>>,
);

/** Requests after which a workstation asks at once. */
export const MAX_PENDING_ASKED = 1_000;

/** Asks after requests that wait for an answer as far as the asker knows. */
export interface PendingQuestion {
  readonly of: readonly MessageIdentity[];
}
const identities = v.pipe(v.array(v.strictObject(identityEntries)), v.maxLength(MAX_PENDING_ASKED));
export const pendingRequest = channel<
  PendingQuestion,
  { readonly settled: readonly MessageIdentity[] }
>('pending', v.strictObject({ of: identities }), v.strictObject({ settled: identities }));

/** Characters of a piece of definitions, and pieces: a plan file has 16 MiB at most. */
export const DEFINITIONS_PIECE = 64 * 1024;
export const MAX_DEFINITIONS_PIECES = 256;

/** Asks whoever has a plan for what it was made from, piece by piece. */
export interface DefinitionsQuestion {
  /** Of what the asker has: nothing comes when that is as new. */
  readonly have: Version;
  readonly piece: number;
}
export interface DefinitionsPage {
  readonly version: Version;
  /** Absent when the asker has it, or nothing is there. */
  readonly text?: string;
  readonly more: boolean;
}
const piece = v.pipe(v.string(), v.maxLength(DEFINITIONS_PIECE));
const version = v.strictObject({ era: count, n: count });
export const definitionsRequest = channel<DefinitionsQuestion, DefinitionsPage>(
  'definitions',
  v.strictObject({ have: version, piece: count }),
  v.strictObject({
    version,
    text: v.exactOptional(piece),
    more: v.boolean(),
  }),
);
