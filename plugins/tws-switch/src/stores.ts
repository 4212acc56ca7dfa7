import {
  checked,
  type Part,
  type PlanHeader,
  type PlanId,
  partCodec,
  planIdSchema,
  type WorkstationName,
} from '@ftctl/plan';
import { type Counters, json, type Log, type Store, type Table } from '@ftctl/sdk';
import * as v from 'valibot';
import { type Envelope, envelopeCodec } from './core/envelope.ts';

/** Bounds of the logs, bytes. */
export interface StoreSizes {
  /** Own messages that wait for the domain's core. */
  readonly ownBytes: number;
  /** What waits for one target of a manager. */
  readonly roadBytes: number;
  /** Each of the two ftboxes. */
  readonly ftboxBytes: number;
  /** What waits for a mirror of the plan. */
  readonly mirrorboxBytes: number;
  /** Instances of earlier runs. */
  readonly archiveBytes: number;
}

/** Who this workstation is on the network. */
export interface Identity {
  readonly inc: number;
  readonly nonce: string;
  /** Last id that was given. */
  readonly lastId: number;
  /** Incarnation of the store in which it was written. */
  readonly store: string;
  /** It has not heard yet what it said before it lost its store. */
  readonly learning?: boolean;
}

/** How far a target's road follows the ftboxes. */
export interface Replayed {
  /** Number and owner of the epoch in which it was replayed. */
  readonly epoch: string;
  /** Everything in its ftbox up to here that the target lacked is on its road. */
  readonly seq: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const headerSchema: v.GenericSchema<PlanHeader> = v.strictObject({
  plan: planIdSchema,
  madeAtMs: v.number(),
  switchFaultTolerance: v.boolean(),
});
const identitySchema = v.strictObject({
  inc: count,
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  lastId: count,
  store: v.string(),
  learning: v.exactOptional(v.boolean()),
});
const replayedSchema = v.strictObject({ epoch: v.string(), seq: count });

/** Everything that this plugin keeps in its store, by the field's names. */
export interface Stores {
  /** Own messages, read by the domain's core. */
  readonly own: Log<Envelope>;
  /** What would go up, and down, if this agent were the manager. */
  readonly ftup: Log<Envelope>;
  readonly ftdown: Log<Envelope>;
  /** What waits for one target of a manager: its pobox. */
  road(target: WorkstationName): Log<Envelope>;
  /** The event counter: per origin and incarnation the last id applied. */
  readonly marks: Counters;
  readonly parts: Table<Part>;
  /** What newer plans have left behind; the oldest of it makes room. */
  readonly archive: Log<Part>;
  /** The plan's head; under one key. */
  readonly header: Table<PlanHeader>;
  readonly identity: Table<Identity>;
  /** Newest plan that may be worked with: it was announced. Under one key. */
  readonly announced: Table<PlanId>;
  /** Senders of which messages are missing here. */
  readonly broken: Table<true>;
  /** Targets whose road was given up. */
  readonly dropped: Table<true>;
  /** `<target>_replayed`. */
  readonly replayed: Table<Replayed>;
}

export const ONLY = 'this';

/** The copy of the plan, part by part; also for whoever only reads. */
export function partsTable(store: Pick<Store, 'table'>): Table<Part> {
  return store.table('Symphony', partCodec);
}

export function openStores(store: Store, sizes: StoreSizes): Stores {
  const log = (name: string, limitBytes: number, overflow: 'refuse' | 'overwrite') =>
    store.log(name, { codec: envelopeCodec, limitBytes, overflow });
  const roads = new Map<WorkstationName, Log<Envelope>>();
  return {
    // Room for what cannot wait when the limit is reached: how jobs end.
    own: log('own', sizes.ownBytes * 2, 'refuse'),
    ftup: log('ftup', sizes.ftboxBytes, 'overwrite'),
    ftdown: log('ftdown', sizes.ftboxBytes, 'overwrite'),
    road(target) {
      const known = roads.get(target) ?? log(`pobox/${target}`, sizes.roadBytes * 2, 'refuse');
      roads.set(target, known);
      return known;
    },
    marks: store.counters('EventCounter'),
    parts: partsTable(store),
    archive: store.log('Archive', {
      codec: partCodec,
      limitBytes: sizes.archiveBytes,
      overflow: 'overwrite',
    }),
    header: store.table(
      'SymphonyHeader',
      json('the head of a plan', (value) => checked(headerSchema, value)),
    ),
    identity: store.table(
      'identity',
      json('an identity', (value) => checked(identitySchema, value)),
    ),
    announced: store.table(
      'announced',
      json('a plan id', (value) => checked(planIdSchema, value)),
    ),
    dropped: store.table(
      'dropped',
      json('a mark', (value) => checked(v.literal(true), value)),
    ),
    broken: store.table(
      'broken',
      json('a mark', (value) => checked(v.literal(true), value)),
    ),
    replayed: store.table(
      'replayed',
      json('a replay marker', (value) => checked(replayedSchema, value)),
    ),
  };
}
