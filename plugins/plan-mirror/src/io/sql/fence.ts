import type { LanePosition } from '../../core/resume.ts';
import type { CopyKey, DatabaseState } from '../../database.ts';
import { mirrorErrors } from '../../errors.ts';
import type { MirrorTable } from './schema.ts';

/** Looked at in every transaction that writes. @throws FtError FT_MIRROR_SUPERSEDED */
export function refuseSuperseded(mirror: MirrorTable, key: CopyKey): void {
  const { claimed_epoch: epoch, claimed_syncid: syncid } = mirror;
  if (epoch < key.epoch || (epoch === key.epoch && syncid <= key.syncid)) return;
  throw mirrorErrors.SUPERSEDED({
    claimed: `${epoch}/${syncid}`,
    own: `${key.epoch}/${key.syncid}`,
  });
}

/** @param lanesOf positions of the copy that is shown */
export async function stateOf(
  mirror: MirrorTable,
  lanesOf: (syncid: number) => Promise<readonly LanePosition[]>,
): Promise<DatabaseState> {
  const { claimed_epoch, claimed_syncid, shown_epoch, shown_syncid } = mirror;
  const claimed =
    claimed_syncid === 0 ? {} : { claimed: { epoch: claimed_epoch, syncid: claimed_syncid } };
  if (shown_epoch === null || shown_syncid === null) return claimed;
  const lanes = await lanesOf(shown_syncid);
  return { ...claimed, shown: { epoch: shown_epoch, syncid: shown_syncid, lanes } };
}
