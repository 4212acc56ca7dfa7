import type { CommandResult } from '@ftctl/sdk';
import type { ObjectServerStatus, ProbeStatus } from '../core/status.ts';

export function probeStatusResult(
  status: ProbeStatus | ObjectServerStatus | undefined,
): CommandResult {
  if (status === undefined) return { data: null, text: 'not started', exitCode: 1 };
  const rows = Object.entries(status).map(([name, value]) => [words(name), shown(value)]);
  return { data: status, table: { columns: ['what', 'value'], rows } };
}

/** `activeSince` as `active since`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return value === null ? '-' : String(value);
}
