import { type LogLimits, type LogOptions, storeErrors } from '@ftctl/sdk';

type Overflow = LogOptions<unknown>['overflow'];

/**
 * Limits and policy of a log, stored beside its state so that a resize outlasts
 * a restart, and so that those who only read the store can tell them.
 */
export interface LogSettings extends LogLimits {
  readonly overflow: Overflow;
  /** True when the limits were set by a resize: those in the plugin's code no longer count. */
  readonly resized: boolean;
}

const POLICIES: ReadonlySet<unknown> = new Set<Overflow>(['refuse', 'overwrite', 'drop-cursor']);

export function encodeSettings(settings: LogSettings): Buffer {
  return Buffer.from(JSON.stringify(settings));
}

/** @throws FtError FT_STORE_CORRUPT */
export function decodeSettings(payload: Buffer, log: string): LogSettings {
  const found: unknown = JSON.parse(payload.toString('utf8'));
  if (isSettings(found)) return found;
  throw storeErrors.CORRUPT({ what: `the limits of log ${log}`, why: 'they have an unknown form' });
}

export function limitsOf({ limitBytes, limitRecords }: LogLimits): LogLimits {
  return { limitBytes, ...(limitRecords !== undefined && { limitRecords }) };
}

export function sameSettings(one: LogSettings, other: LogSettings): boolean {
  return (
    one.limitBytes === other.limitBytes &&
    one.limitRecords === other.limitRecords &&
    one.overflow === other.overflow &&
    one.resized === other.resized
  );
}

/** @throws FtError FT_STORE_MISUSE */
export function checkLimits(name: string, { limitBytes, limitRecords = 1 }: LogLimits): void {
  for (const limit of [limitBytes, limitRecords]) {
    if (Number.isSafeInteger(limit) && limit > 0) continue;
    throw storeErrors.MISUSE({ why: `log ${name} has the limit ${limit}` });
  }
}

function isSettings(value: unknown): value is LogSettings {
  return (
    typeof value === 'object' &&
    value !== null &&
    'limitBytes' in value &&
    typeof value.limitBytes === 'number' &&
    'resized' in value &&
    typeof value.resized === 'boolean' &&
    'overflow' in value &&
    POLICIES.has(value.overflow)
  );
}
