import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import type { MessageOf, Release, SwitchMessage } from './messages.ts';
import type {
  Known,
  StoredRow,
  SwitcherConfig,
  SwitcherRun,
  SwitcherSend,
  SwitcherState,
  SwitcherStep,
} from './types.ts';
import { allVoters, isNewerList, isVoter, MIN_AUTOMATIC_VOTERS } from './voters.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Body<M> = M extends SwitchMessage ? Omit<M, 'domain' | 'epoch' | 'voters'> : never;

/**
 * One step while it is worked out: a copy of the state that may be changed at
 * its top level, and what is to be sent and run once the row is on disk.
 */
export class Turn {
  readonly config: SwitcherConfig;
  readonly nowMs: number;
  readonly state: Mutable<SwitcherState>;
  readonly #before: StoredRow | undefined;
  readonly #sends: { readonly to: string; readonly body: Body<SwitchMessage> }[] = [];
  readonly #runs: SwitcherRun[] = [];

  /** `stored` is what is on disk or on its way; undefined when that is nothing. */
  constructor(
    config: SwitcherConfig,
    state: SwitcherState,
    nowMs: number,
    stored: StoredRow | undefined,
  ) {
    this.config = config;
    this.nowMs = nowMs;
    this.state = { ...state };
    this.#before = stored;
  }

  get row(): StoredRow {
    return this.state.row;
  }

  store(change: Partial<StoredRow>): void {
    this.state.row = { ...this.state.row, ...change };
  }

  send(to: string, body: Body<SwitchMessage>): void {
    this.#sends.push({ to, body });
  }

  run(run: SwitcherRun): void {
    this.#runs.push(run);
  }

  /** Every message says what its sender has stored at the end of the step. */
  end(): SwitcherStep {
    const { row } = this.state;
    const { domain } = this.config;
    const thenSend: SwitcherSend[] = this.#sends.map(({ to, body }) => ({
      to,
      message: { ...body, domain, epoch: row.epoch, voters: row.voters } as SwitchMessage,
    }));
    return {
      state: this.state,
      commit: row === this.#before ? [] : [{ kind: 'store', row }],
      thenSend,
      thenRun: this.#runs,
    };
  }
}

/** Whether the domain switches by itself: asked for, and with enough voters. The same on all hosts. */
export function isAutomatic({ automatic, voters }: SwitcherConfig): boolean {
  return automatic && voters.length >= MIN_AUTOMATIC_VOTERS;
}

export function isOwner({ config, row }: Turn): boolean {
  return row.epoch.owner === config.me;
}

export function votesHere({ config, row }: Turn): boolean {
  return isVoter(row.voters, config.me);
}

export function isCore({ config }: Turn, name = config.me): boolean {
  return config.core.includes(name);
}

/** Voters and core members, without this workstation. */
export function others({ config, row }: Turn): readonly string[] {
  const all = new Set([...allVoters(row.voters), ...config.core]);
  all.delete(config.me);
  return [...all];
}

/** Nothing has ever been promised or switched here; said while the store is new and for a while after. */
export function isFresh({ row, state, nowMs }: Turn): boolean {
  const isNew = row.isNew || nowMs < state.freshUntilMs;
  return isNew && row.epoch.number === 0 && row.promised === undefined;
}

/** The later of the epoch and of the promise. */
export function highest(row: Pick<StoredRow, 'epoch' | 'promised'>): Epoch {
  const { epoch, promised } = row;
  return promised !== undefined && isLaterEpoch(promised, epoch) ? promised : epoch;
}

export function noteKnown(turn: Turn, from: string, { epoch, voters }: SwitchMessage): void {
  const before = turn.state.known[from];
  // Messages overtake each other: what was shown once stays shown.
  const known: Known = {
    epoch: before !== undefined && isLaterEpoch(before.epoch, epoch) ? before.epoch : epoch,
    voters: before !== undefined && isNewerList(before.voters, voters) ? before.voters : voters,
    heardMs: turn.nowMs,
  };
  turn.state.known = { ...turn.state.known, [from]: known };
}

/** Whether a request was given back by its sender after it had sent it. */
export function isReleased(
  released: Release | undefined,
  from: string,
  { life, atMs }: Pick<MessageOf<'claim'>, 'life' | 'atMs'>,
): boolean {
  return (
    released !== undefined &&
    released.holder === from &&
    released.life === life &&
    atMs <= released.upToMs
  );
}
