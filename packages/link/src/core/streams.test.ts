import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_BYTES, MAX_BATCHES_IN_FLIGHT } from './limits.ts';
import {
  admitBatch,
  type Position,
  type ReceiverState,
  receiverStep,
  startReceiver,
} from './stream-receiver.ts';
import { nextRead, type SenderInput, senderStep, startSender } from './stream-sender.ts';

const RETRY = { minMs: 1, maxMs: 10 };
const FAILURE = { code: 'FT_X', message: '', meaning: '', action: '', params: {} };
const INCARNATION = '0'.repeat(32);
/** So large that batches are of five records, and the window is full after three of them. */
const RECORD_BYTES = Math.floor(BATCH_BYTES / 5);
const WINDOW_BYTES = 3 * BATCH_BYTES;

type ToReceiver =
  | { kind: 'open'; stream: number }
  | { kind: 'batch'; stream: number; prev: number; first: number; count: number };
type ToSender =
  | { kind: 'accepted'; stream: number; position: number | undefined }
  | { kind: 'ack'; stream: number; upTo: number }
  | { kind: 'refused'; stream: number };

interface Applied {
  readonly seq: number;
  readonly gap: boolean;
}

/** A commit under way; one that failed is told of like one that did not, later. */
interface Staged {
  readonly stream: number;
  readonly failed: boolean;
  readonly position: Position | undefined;
  readonly applied: readonly Applied[];
}

/** A sender and a receiver with a wire between them that breaks, and two stores that crash. */
class World {
  first = 1;
  last = 0;
  cursor = 0;
  applied: readonly Applied[] = [];
  failNext = false;
  #position: Position | undefined;
  #staged: Staged[] = [];
  #toReceiver: ToReceiver[] = [];
  #toSender: ToSender[] = [];
  #connected = false;
  #sender = startSender(0);
  #retryDue = false;
  #streams = 0;
  #opening: { stream: number; state: ReceiverState; fresh: boolean } | undefined;

  append(count: number): void {
    this.last += count;
    this.pump();
  }

  /** The log reached its limit and dropped its oldest. */
  drop(count: number): void {
    this.first = Math.min(this.first + count, this.last + 1);
  }

  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.step({ kind: 'link-up', stream: this.nextStream() });
  }

  cut(): void {
    this.#connected = false;
    this.#toReceiver = [];
    this.#toSender = [];
    this.#opening = undefined;
    this.step({ kind: 'link-down' });
  }

  crashReceiver(): void {
    this.cut();
    this.#staged = [];
  }

  crashSender(): void {
    this.cut();
    this.#sender = startSender(this.cursor);
    this.#retryDue = false;
  }

  retry(): void {
    if (!this.#retryDue) return;
    this.#retryDue = false;
    this.step({ kind: 'retry', stream: this.nextStream() });
  }

  /** One commit of the receiver gets to its disk, or is known to have failed. */
  flush(): void {
    const done = this.#staged.shift();
    if (done === undefined) return;
    if (!done.failed) {
      this.#position = done.position;
      this.applied = [...this.applied, ...done.applied];
    }
    if (this.#opening?.stream !== done.stream) return;
    this.receive(done.failed ? { kind: 'failed', error: FAILURE } : { kind: 'committed' });
  }

  /** The receiver's disk is full: all commits under way are taken back. */
  failCommits(): void {
    this.#staged = this.#staged.map((staged) => ({ ...staged, failed: true, applied: [] }));
  }

  deliverToReceiver(): void {
    const frame = this.#toReceiver.shift();
    if (frame?.kind === 'open') {
      const position = this.#position?.seq;
      const state = startReceiver(position, WINDOW_BYTES);
      this.#opening = { stream: frame.stream, state, fresh: true };
      this.#toSender.push({ kind: 'accepted', stream: frame.stream, position });
    } else if (frame?.kind === 'batch' && this.#opening?.stream === frame.stream) {
      const upTo = frame.first + frame.count - 1;
      const bytes = frame.count * RECORD_BYTES;
      const effects = this.receive({ kind: 'batch', prev: frame.prev, upTo, bytes });
      if (effects.includes('apply')) this.apply(frame);
    }
  }

  deliverToSender(): void {
    const frame = this.#toSender.shift();
    if (frame === undefined) return;
    const { stream } = frame;
    if (frame.kind === 'ack') this.step({ kind: 'acknowledged', stream, upTo: frame.upTo });
    if (frame.kind === 'refused') this.step({ kind: 'refused', stream, why: 'x', chance: 0 });
    if (frame.kind === 'accepted') {
      const { cursor, last } = this;
      const accepted = { position: frame.position, windowBytes: WINDOW_BYTES, cursor, last };
      this.step({ kind: 'accepted', stream, ...accepted, chance: 0 });
    }
  }

  /** Everything works from now on, until nothing is left to do. */
  heal(): void {
    this.failNext = false;
    for (let round = 0; round < 10_000 && !this.isDone(); round += 1) {
      this.connect();
      this.retry();
      this.deliverToReceiver();
      this.flush();
      this.deliverToSender();
    }
    expect(this.isDone()).toBe(true);
  }

  isDone(): boolean {
    return this.#sender.delivered >= this.last || this.first > this.last;
  }

  apply(frame: ToReceiver & { kind: 'batch' }): void {
    const opening = this.#opening;
    if (opening === undefined) return;
    const { stream } = opening;
    const visible = this.#staged.findLast((one) => !one.failed)?.position ?? this.#position;
    const admitted = admitBatch(visible, INCARNATION, frame, opening.fresh);
    opening.fresh = false;
    if (admitted.kind === 'out-of-order' || (admitted.kind === 'new' && this.failNext)) {
      this.failNext = false;
      this.#staged.push({ stream, failed: true, position: visible, applied: [] });
      return;
    }
    const last = frame.first + frame.count - 1;
    const take = admitted.kind === 'new' ? admitted.take : 0;
    const applied = Array.from({ length: take }, (_, n) => ({
      seq: last - take + 1 + n,
      gap: admitted.kind === 'new' && admitted.gap && n === 0,
    }));
    const moved = admitted.kind === 'new' ? { incarnation: INCARNATION, seq: last } : visible;
    this.#staged.push({ stream, failed: false, position: moved, applied });
  }

  receive(input: Parameters<typeof receiverStep>[1]): string[] {
    const opening = this.#opening;
    if (opening === undefined) return [];
    const step = receiverStep(opening.state, input);
    opening.state = step.state;
    for (const effect of step.effects) {
      const { stream } = opening;
      if (effect.kind === 'violation') throw new Error(effect.why);
      if (effect.kind === 'acknowledge') {
        this.#toSender.push({ kind: 'ack', stream, upTo: effect.upTo });
      }
      if (effect.kind === 'refuse') this.#toSender.push({ kind: 'refused', stream });
    }
    return step.effects.map((effect) => effect.kind);
  }

  step(input: SenderInput): void {
    const step = senderStep(RETRY, this.#sender, input);
    this.#sender = step.state;
    for (const effect of step.effects) {
      if (effect.kind === 'violation') throw new Error(effect.why);
      if (effect.kind === 'open') this.#toReceiver.push({ kind: 'open', stream: effect.stream });
      if (effect.kind === 'retry-after') this.#retryDue = true;
      if (effect.kind === 'delivered') this.cursor = Math.max(this.cursor, effect.upTo);
      if (effect.kind === 'pump') this.pump();
    }
  }

  pump(): void {
    for (;;) {
      const read = nextRead(this.#sender);
      const first = Math.max(this.first, (read?.after ?? 0) + 1);
      const count = Math.min(
        Math.floor((read?.maxBytes ?? 0) / RECORD_BYTES),
        this.last - first + 1,
      );
      if (read === undefined || count < 1) return;
      const { stream } = this.#sender;
      this.#toReceiver.push({ kind: 'batch', stream, prev: read.after, first, count });
      this.step({ kind: 'sent', upTo: first + count - 1, bytes: count * RECORD_BYTES });
    }
  }

  nextStream(): number {
    this.#streams += 1;
    return this.#streams;
  }
}

const times = (count: number, act: (world: World) => void) => (world: World) => {
  for (let n = 0; n < count; n += 1) act(world);
};
const some = (act: (world: World) => void) =>
  fc.integer({ min: 1, max: 4 }).map((count) => times(count, act));

// Flushes are rare, so that much is under way when something breaks.
const event: fc.Arbitrary<(world: World) => void> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }).map((n) => (w: World) => w.append(n)) },
  { weight: 8, arbitrary: some((world) => world.deliverToReceiver()) },
  { weight: 3, arbitrary: some((world) => world.flush()) },
  { weight: 6, arbitrary: some((world) => world.deliverToSender()) },
  { weight: 6, arbitrary: fc.constant((world: World) => world.connect()) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.retry()) },
  fc.constant((world: World) => world.cut()),
  fc.constant((world: World) => world.crashReceiver()),
  fc.constant((world: World) => world.crashSender()),
  fc.constant((world: World) => world.failCommits()),
  fc.constant((world: World) => {
    world.failNext = true;
  }),
);
const drop = fc.integer({ min: 1, max: 6 }).map((count) => (world: World) => world.drop(count));

/** Without a size of its own an array of any length is a short one, in which nothing happens. */
const LONG = { maxLength: 300, size: 'max' } as const;

function played(events: readonly ((world: World) => void)[]): World {
  const world = new World();
  for (const one of events) one(world);
  world.heal();
  return world;
}

describe('sender and receiver together', () => {
  test('whatever breaks, every record is applied once and in order', () => {
    fc.assert(
      fc.property(fc.array(event, LONG), (events) => {
        const world = played(events);
        const expected = Array.from({ length: world.last }, (_, n) => ({ seq: n + 1, gap: false }));
        expect(world.applied).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('when the log drops records, what is missing is reported exactly there', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: event }, drop), LONG), (events) => {
        const { applied, first, last } = played(events);
        let before = 0;
        for (const { seq, gap } of applied) {
          expect(seq).toBeGreaterThan(before);
          expect(gap).toBe(seq > before + 1);
          before = seq;
        }
        if (first <= last) expect(before).toBe(last);
      }),
      { numRuns: 500 },
    );
  });
});

describe('sender', () => {
  const open = (position: number | undefined, last = 10) => {
    const up = senderStep(RETRY, startSender(0), { kind: 'link-up', stream: 1 }).state;
    const accepted = { kind: 'accepted', stream: 1, windowBytes: 100_000, chance: 0 } as const;
    return senderStep(RETRY, up, { ...accepted, position, cursor: 4, last });
  };

  test('begins at the position of the peer, or at the cursor when it has none', () => {
    expect(nextRead(open(7).state)?.after).toBe(7);
    expect(nextRead(open(2).state)?.after).toBe(2);
    expect(nextRead(open(undefined).state)?.after).toBe(4);
  });

  test('what the peer has already moves the cursor', () => {
    expect(open(7).effects).toContainEqual({ kind: 'delivered', upTo: 7 });
  });

  test('a peer that is ahead of the log is not fed: its next records would be dropped', () => {
    const step = open(11, 10);
    expect(step.state).toMatchObject({ phase: 'refused', refused: { what: 'opening' } });
    expect(step.effects.map((effect) => effect.kind)).toEqual(['close', 'retry-after']);
  });

  test('an acknowledgement of what was never sent is a violation', () => {
    const step = senderStep(RETRY, open(7).state, { kind: 'acknowledged', stream: 1, upTo: 8 });
    expect(step.effects[0]?.kind).toBe('violation');
  });

  test('a refusal of a batch stays visible until records are delivered again', () => {
    const sent = senderStep(RETRY, open(0).state, { kind: 'sent', upTo: 5, bytes: 5 }).state;
    const refusal = { kind: 'refused', stream: 1, why: 'no', chance: 0 } as const;
    const refused = senderStep(RETRY, sent, refusal).state;
    const again = senderStep(RETRY, refused, { kind: 'retry', stream: 2 }).state;
    const accepted = { kind: 'accepted', stream: 2, position: 0, windowBytes: 100_000 } as const;
    const opened = senderStep(RETRY, again, { ...accepted, cursor: 0, last: 10, chance: 0 }).state;
    expect(opened.refused?.why).toBe('no');
    const resent = senderStep(RETRY, opened, { kind: 'sent', upTo: 5, bytes: 5 }).state;
    const acknowledged = { kind: 'acknowledged', stream: 2, upTo: 5 } as const;
    expect(senderStep(RETRY, resent, acknowledged).state.refused).toBeUndefined();
  });

  test('batches in flight are bounded in number too', () => {
    let { state } = open(0);
    for (let n = 1; n <= MAX_BATCHES_IN_FLIGHT; n += 1) {
      expect(nextRead(state)).toBeDefined();
      state = senderStep(RETRY, state, { kind: 'sent', upTo: n, bytes: 1 }).state;
    }
    expect(nextRead(state)).toBeUndefined();
  });
});

describe('receiver', () => {
  const batch = (prev: number, upTo: number, bytes = 1) =>
    ({ kind: 'batch', prev, upTo, bytes }) as const;

  test.each([
    ['a batch that leaves records out', [batch(0, 5), batch(6, 7)], /expected one after 5/],
    ['a batch sent again', [batch(0, 5), batch(0, 5)], /expected one after 5/],
    ['more than the window', [batch(0, 5, 9), batch(5, 6, 9)], /window/],
  ])('%s is a violation', (_, inputs, text) => {
    let state = startReceiver(0, 10);
    const seen: unknown[] = [];
    for (const input of inputs) {
      const step = receiverStep(state, input);
      state = step.state;
      seen.push(...step.effects);
    }
    expect(seen.at(-1)).toMatchObject({ kind: 'violation', why: expect.stringMatching(text) });
  });

  test('after a refusal nothing more is taken, and nothing more is said', () => {
    const failed = { kind: 'failed', error: FAILURE } as const;
    const taken = receiverStep(receiverStep(startReceiver(0, 10), batch(0, 1)).state, batch(1, 2));
    const refused = receiverStep(taken.state, failed);
    expect(refused.effects).toEqual([{ kind: 'refuse', error: FAILURE }]);
    for (const input of [failed, batch(2, 3), { kind: 'committed' } as const]) {
      expect(receiverStep(refused.state, input).effects).toEqual([]);
    }
  });

  test('a record larger than the window may come alone', () => {
    const step = receiverStep(startReceiver(0, 10), batch(0, 1, 1_000));
    expect(step.effects).toEqual([{ kind: 'apply' }]);
  });

  test('more batches than allowed in flight are a violation', () => {
    let state = startReceiver(0, 1_000_000);
    for (let n = 0; n < MAX_BATCHES_IN_FLIGHT; n += 1) {
      state = receiverStep(state, batch(n, n + 1)).state;
    }
    const step = receiverStep(state, batch(MAX_BATCHES_IN_FLIGHT, MAX_BATCHES_IN_FLIGHT + 1));
    expect(step.effects[0]?.kind).toBe('violation');
  });
});
