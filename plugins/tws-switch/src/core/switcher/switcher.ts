import { sameEpoch } from '@ftctl/plan';
import { beginByHand, claimTick, onHanded } from './by-hand.ts';
import { onPromise, onRefuse } from './claim.ts';
import { electionTick } from './election.ts';
import { type Forecast, forecast } from './forecast.ts';
import { quietGrant } from './grants.ts';
import { onHandover } from './handover.ts';
import { isolate, isolationTick, leaveIsolation } from './isolation.ts';
import { adoptEpoch, adoptVoters } from './knowledge.ts';
import { forget, learnTick } from './learning.ts';
import { actsUntilMs, mayAct } from './lease.ts';
import type { MessageOf, SwitchMessage } from './messages.ts';
import { onGrant, onVoters, ownerTick } from './owner.ts';
import { ask, onAsk, onReport } from './reports.ts';
import { isAutomatic, isCore, isOwner, noteKnown, Turn } from './turn.ts';
import type {
  RefusedWhy,
  SwitcherConfig,
  SwitcherInput,
  SwitcherStart,
  SwitcherState,
  SwitcherStep,
} from './types.ts';
import { onClaim, onRelease, onRenew } from './voter.ts';
import { configuredVoters, isVoter } from './voters.ts';

/**
 * Who manages one domain, as one workstation sees it: member, voter, core
 * member, or all of these. It holds no state itself; `step` gives the next one.
 *
 * The one who drives it carries out steps in their order: what a step sends or
 * runs waits until its row and those of all earlier steps are on disk. It ticks
 * each 50 to 100 ms, and gives `nowMs` of a monotonic clock at every input.
 */
export class Switcher {
  readonly config: SwitcherConfig;

  constructor(config: SwitcherConfig) {
    this.config = config;
  }

  /** The first step after a start of the process, from what the store holds. */
  start(start: SwitcherStart): SwitcherStep {
    const { nowMs, row, incarnation, demgr = false } = start;
    const turn = new Turn(this.config, startState(this.config, start), nowMs, row);
    if (row?.incarnation !== incarnation) forget(turn, incarnation, row === undefined);
    quietGrant(turn);
    if (isOwner(turn)) isolate(turn, demgr ? 'demgr' : 'starting');
    const { automatic, voters } = this.config;
    if (automatic && !isAutomatic(this.config) && isCore(turn)) {
      turn.run({ kind: 'notice', notice: { what: 'too-few-voters', voters } });
    }
    return turn.end();
  }

  step(state: SwitcherState, input: SwitcherInput): SwitcherStep {
    const turn = new Turn(this.config, state, input.nowMs, state.row);
    const handle = INPUTS[input.kind] as (turn: Turn, input: SwitcherInput) => void;
    handle(turn, input);
    return turn.end();
  }

  /** Asked before each effect of the manager. */
  mayAct(state: SwitcherState, nowMs: number): boolean {
    return mayAct(this.config, state, nowMs);
  }

  /** 0 when it does not act, infinity when only a higher epoch ends it. */
  actsUntilMs(state: SwitcherState, nowMs: number): number {
    return actsUntilMs(this.config, state, nowMs);
  }

  /** For `--dry-run`: give the input `ask` and wait half a second first. */
  whatWouldHappen(state: SwitcherState, nowMs: number): Forecast {
    return forecast(this.config, state, nowMs);
  }
}

function startState(
  config: SwitcherConfig,
  { row, life, nowMs, incarnation }: SwitcherStart,
): SwitcherState {
  return {
    row: row ?? {
      incarnation,
      epoch: config.firstEpoch,
      opened: false,
      forced: false,
      claimed: 0,
      voters: configuredVoters(config.voters),
      learned: false,
      isNew: true,
    },
    life,
    isolation: undefined,
    grant: undefined,
    released: undefined,
    claim: undefined,
    startedMs: nowMs,
    freshUntilMs: Number.NEGATIVE_INFINITY,
    unfit: {},
    granted: {},
    grantsFromMs: Number.NEGATIVE_INFINITY,
    forcedFromMs: Number.NEGATIVE_INFINITY,
    renewedMs: Number.NEGATIVE_INFINITY,
    openingMs: nowMs,
    managerHeardMs: nowMs,
    leasedMs: Number.NEGATIVE_INFINITY,
    replacedMs: [],
    backOffUntilMs: Number.NEGATIVE_INFINITY,
    askedMs: Number.NEGATIVE_INFINITY,
    reports: {},
    known: {},
  };
}

type Inputs = { [K in SwitcherInput['kind']]: Extract<SwitcherInput, { kind: K }> };

const INPUTS: { [K in keyof Inputs]: (turn: Turn, input: Inputs[K]) => void } = {
  tick,
  message: receive,
  switchmgr: switchManager,
  'start-mgr': startManager,
  fitness: noteFitness,
  heard: (turn, { epoch }) => adoptEpoch(turn, epoch, turn.config.me),
  opened: open,
  voters: (turn, { change }) => onVoters(turn, change),
  ask,
};

type Receive<K extends SwitchMessage['kind']> = (
  turn: Turn,
  from: string,
  message: MessageOf<K>,
) => void;

const MESSAGES: { [K in SwitchMessage['kind']]: Receive<K> } = {
  ask: onAsk,
  report: onReport,
  claim: onClaim,
  promise: onPromise,
  refuse: onRefuse,
  renew: onRenew,
  grant: onGrant,
  handover: onHandover,
  handed: onHanded,
  release: onRelease,
  // Says only what every message says.
  known: () => undefined,
};

function tick(turn: Turn): void {
  learnTick(turn);
  isolationTick(turn);
  ownerTick(turn);
  claimTick(turn);
  electionTick(turn);
}

function receive(turn: Turn, { from, message }: Inputs['message']): void {
  if (message.domain !== turn.config.domain || from === turn.config.me) return;
  adoptVoters(turn, message.voters);
  adoptEpoch(turn, message.epoch, from);
  if (!isCore(turn, from) && !isVoter(turn.row.voters, from)) return;
  noteKnown(turn, from, message);
  const handle = MESSAGES[message.kind] as Receive<typeof message.kind>;
  handle(turn, from, message);
}

function switchManager(turn: Turn, { force }: Inputs['switchmgr']): void {
  const { config, state } = turn;
  const unfit = state.unfit[config.me];
  const refusal = switchRefusal(turn, force);
  if (refusal !== undefined) {
    turn.run({ kind: 'refused', command: 'switchmgr', why: refusal, detail: unfit ?? config.me });
    return;
  }
  if (unfit !== undefined) {
    turn.run({ kind: 'notice', notice: { what: 'forced-unfit', reason: unfit } });
  }
  beginByHand(turn, force);
}

function switchRefusal(turn: Turn, force: boolean): RefusedWhy | undefined {
  const { config, state, row, nowMs } = turn;
  if (!isCore(turn)) return 'not-core';
  if (mayAct(config, state, nowMs)) return 'already-manager';
  if (state.claim !== undefined && state.claim.by !== 'itself') return 'busy';
  if (force) return undefined;
  if (state.unfit[config.me] !== undefined) return 'unfit';
  return row.learned ? undefined : 'unlearned';
}

function startManager(turn: Turn): void {
  const { config, row, state } = turn;
  const refused = (why: RefusedWhy, detail: string) =>
    turn.run({ kind: 'refused', command: 'start-mgr', why, detail });
  if (!isOwner(turn)) refused('not-manager', row.epoch.owner);
  else if (state.isolation === undefined) refused('not-isolated', config.me);
  else leaveIsolation(turn);
}

function noteFitness({ state }: Turn, { workstation, unfit }: Inputs['fitness']): void {
  const { [workstation]: _, ...rest } = state.unfit;
  state.unfit = unfit === undefined ? rest : { ...rest, [workstation]: unfit };
}

function open(turn: Turn, { epoch }: Inputs['opened']): void {
  const { row } = turn;
  if (isOwner(turn) && sameEpoch(epoch, row.epoch) && !row.opened) turn.store({ opened: true });
}
