import type { Epoch } from '@ftctl/plan';
import { actsUntilMs } from './lease.ts';
import { isAutomatic } from './turn.ts';
import type { IsolationWhy, SwitcherConfig, SwitcherState } from './types.ts';
import { allVoters, isMajority } from './voters.ts';

/** What a workstation knows about who would manage the domain next: the answer of `--dry-run`. */
export interface Forecast {
  readonly automatic: boolean;
  /** Why it does not switch by itself. */
  readonly notAutomatic?: 'off' | 'too-few-voters';
  readonly epoch: Epoch;
  /** This workstation acts as manager now. */
  readonly acts: boolean;
  readonly isolated?: IsolationWhy;
  readonly voters: readonly VoterForecast[];
  /** A change of the list is not effective yet. */
  readonly votersChanging: boolean;
  /** Whether the voters that are heard here are a majority. */
  readonly majority: boolean;
  /** In the order in which they would ask for the role. */
  readonly candidates: readonly CandidateForecast[];
  /** Who would take over if the manager were gone now; absent when nobody would by itself. */
  readonly next?: string;
}

export interface VoterForecast {
  readonly name: string;
  /** Since when nothing was heard of it here; 0 for this workstation, absent when never. */
  readonly silentMs?: number;
  readonly heard: boolean;
}

export interface CandidateForecast {
  readonly name: string;
  readonly heard: boolean;
  readonly unfit?: string;
}

/** A workstation that said nothing for so long counts as not heard. */
const HEARD_MS = 3_000;

/**
 * Foretells from what is known here. Workstations talk to each other only when
 * they have to: give the input `ask` half a second before, so that whoever is
 * there has been heard.
 */
export function forecast(config: SwitcherConfig, state: SwitcherState, nowMs: number): Forecast {
  const { row, isolation } = state;
  const automatic = isAutomatic(config);
  const silentMs = (name: string) => {
    if (name === config.me) return 0;
    const known = state.known[name];
    return known === undefined ? undefined : Math.max(0, nowMs - known.heardMs);
  };
  const heard = (name: string) => (silentMs(name) ?? Number.POSITIVE_INFINITY) <= HEARD_MS;
  const majority = isMajority(row.voters, heard);
  // The present manager is presumed gone, and with it its vote.
  const withoutManager = isMajority(row.voters, (name) => heard(name) && name !== row.epoch.owner);
  const candidates = config.candidates
    .filter((name) => name !== row.epoch.owner)
    .map((name) => candidate(name, heard(name), state.unfit[name]));
  const next = candidates.find(({ heard: isHeard, unfit }) => isHeard && unfit === undefined);
  return {
    automatic,
    ...(automatic ? {} : { notAutomatic: config.automatic ? 'too-few-voters' : 'off' }),
    epoch: row.epoch,
    acts: nowMs < actsUntilMs(config, state, nowMs),
    ...(isolation === undefined ? {} : { isolated: isolation.why }),
    voters: allVoters(row.voters).map((name) => voter(name, heard(name), silentMs(name))),
    votersChanging: row.voters.previous !== undefined,
    majority,
    candidates,
    ...(automatic && withoutManager && next !== undefined ? { next: next.name } : {}),
  };
}

function voter(name: string, heard: boolean, silentMs: number | undefined): VoterForecast {
  return { name, heard, ...(silentMs === undefined ? {} : { silentMs }) };
}

function candidate(name: string, heard: boolean, unfit: string | undefined): CandidateForecast {
  return { name, heard, ...(unfit === undefined ? {} : { unfit }) };
}
