import { type LogLimits, type Seq, storeErrors } from '@ftctl/sdk';

const HALF_A_PAIR = /\p{Surrogate}/u;

export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** @throws FtError FT_STORE_TOO_LARGE */
export function checkBytes(what: string, bytes: number, limit: number): void {
  if (bytes > limit) throw storeErrors.TOO_LARGE({ what, bytes, limit });
}

/**
 * Checks a key of a table, an origin or a cursor.
 *
 * @throws FtError FT_STORE_MISUSE, FT_STORE_TOO_LARGE
 */
export function checkKey(what: string, key: string, limit: number): void {
  if (HALF_A_PAIR.test(key)) throw storeErrors.MISUSE({ why: `the ${what} is not text` });
  checkBytes(`the ${what}`, byteLength(key), limit);
}

/** @throws FtError FT_STORE_MISUSE also when empty, FT_STORE_TOO_LARGE */
export function checkName(what: string, name: string, limit: number): void {
  if (name === '') throw storeErrors.MISUSE({ why: `the ${what} is empty` });
  checkKey(what, name, limit);
}

/** @throws FtError FT_STORE_MISUSE */
export function checkWhole(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw storeErrors.MISUSE({ why: `${what} is a whole number from 0, not ${value}` });
}

/** @throws FtError FT_STORE_MISUSE when the log has not come that far */
export function checkReached(log: string, to: Seq, last: Seq): void {
  checkWhole(`a position in log ${log}`, to);
  if (to <= last) return;
  throw storeErrors.MISUSE({ why: `position ${to} is beyond log ${log}, which ends at ${last}` });
}

/** @throws FtError FT_STORE_MISUSE */
export function checkLimits(log: string, { limitBytes, limitRecords = 1 }: LogLimits): void {
  for (const limit of [limitBytes, limitRecords]) {
    if (Number.isSafeInteger(limit) && limit > 0) continue;
    throw storeErrors.MISUSE({ why: `log ${log} has the limit ${limit}` });
  }
}
