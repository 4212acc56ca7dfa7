import { type Seq, storeErrors } from '@ftctl/sdk';

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** @throws FtError FT_STORE_TOO_LARGE */
export function checkBytes(what: string, bytes: number, limit: number): void {
  if (bytes > limit) throw storeErrors.TOO_LARGE({ what, bytes, limit });
}

/** @throws FtError FT_STORE_MISUSE when empty, FT_STORE_TOO_LARGE */
export function checkName(what: string, name: string, limit: number): void {
  if (name === '') throw storeErrors.MISUSE({ why: `the ${what} is empty` });
  checkBytes(`the ${what}`, byteLength(name), limit);
}

/** @throws FtError FT_STORE_MISUSE when the log has not come that far */
export function checkPosition(log: string, to: Seq, last: Seq): void {
  if (!Number.isSafeInteger(to) || to < 0 || to > last) {
    throw storeErrors.MISUSE({
      why: `position ${to} is outside log ${log}, which ends at ${last}`,
    });
  }
}
