import type { ResyncReason, SourceStatus } from '@ftctl/plan/source';

/** Where a lane stands in the mirrorbox: everything up to `seq` that is its own is in the database. */
export interface LanePosition {
  readonly lane: number;
  /** Identity of the publisher's store. */
  readonly incarnation: string;
  readonly seq: number;
}

/** What the database holds of this source. */
export interface Mirrored {
  /** The plan that is shown. */
  readonly syncid: number;
  readonly epoch: number;
  readonly lanes: readonly LanePosition[];
}

export interface LogView {
  readonly incarnation: string;
  readonly last: number;
}

/** Why a copy must be taken. */
export type CopyReason =
  | ResyncReason
  | 'first'
  | 'other-plan'
  | 'incarnation'
  | 'ahead'
  | 'behind'
  | 'lanes'
  | 'damaged'
  | 'by-hand';

export const REASONS: Readonly<Record<CopyReason, string>> = {
  first: 'nothing of this plan is in the database',
  'new-symphony': 'a new plan was made',
  switch: 'this host became the master',
  full: 'the mirrorbox was full',
  unread: 'changes were not written to the mirrorbox while nobody read it',
  'too-much': 'too much changed at once',
  'other-plan': 'the database holds a copy of another master, or another one of this master',
  incarnation: 'the store of the scheduler is another one than before',
  ahead: 'the database is ahead of the mirrorbox',
  behind: 'the mirrorbox does not reach back to where the mirror stopped',
  lanes: 'the number of lanes was changed',
  damaged: 'a record of the mirrorbox is damaged',
  'by-hand': 'an operator asked for it',
};

/**
 * Why the mirror cannot go on from where it stopped; undefined when it can. What
 * the log itself says of that, and a hole in it, is found when it is read.
 */
export function whyCopy(
  mirrored: Mirrored | undefined,
  status: Pick<SourceStatus, 'epoch' | 'syncid' | 'whole' | 'why'>,
  log: LogView,
  lanes: number,
): CopyReason | undefined {
  if (mirrored === undefined) return 'first';
  if (mirrored.epoch !== status.epoch) return 'switch';
  if (mirrored.syncid !== status.syncid) return 'other-plan';
  if (!status.whole) return status.why ?? 'unread';
  if (mirrored.lanes.length !== lanes + 1) return 'lanes';
  for (const { incarnation, seq } of mirrored.lanes) {
    if (incarnation !== log.incarnation) return 'incarnation';
    if (seq > log.last) return 'ahead';
  }
  return undefined;
}
