import type { CliContext, CommandHandler } from '@ftctl/sdk';
import { alertTable } from '../alert-table.ts';
import type { Config } from '../config.ts';
import type { AlertRow } from '../core/alert.ts';
import { probeErrors } from '../errors.ts';

/** `ftctl probe alerts`: the alert table, newest first, read from the store. */
export function alertsCommand(ctx: CliContext): CommandHandler {
  return ({ options }) => {
    const config = ctx.config as Config;
    if (config.role !== 'objectserver') {
      throw probeErrors.NOT_OBJECTSERVER({ server: config.Server });
    }
    const limit = wholeNumber('limit', options.limit, 1, 1_000_000);
    const severity = wholeNumber('severity', options.severity, 0, 5);
    const all = alertTable(ctx.store).all();
    const chosen = all
      .filter((row) => row.Severity >= severity)
      .sort((a, b) => b.LastOccurrence - a.LastOccurrence || b.Serial - a.Serial)
      .slice(0, limit);
    return {
      data: { rows: all.length, tally: sum(all), alerts: chosen.map(readable) },
      text: `${all.length} alerts, ${sum(all)} events; ${chosen.length} shown`,
      table: {
        columns: ['Severity', 'Node', 'Tally', 'LastOccurrence', 'Summary'],
        rows: chosen.map((row) => [
          SEVERITY_NAMES[row.Severity] ?? row.Severity,
          row.Node,
          row.Tally,
          iso(row.LastOccurrence),
          row.Summary,
        ]),
      },
    };
  };
}

const SEVERITY_NAMES = ['clear', 'indeterminate', 'warning', 'minor', 'major', 'critical'];

function wholeNumber(
  option: string,
  value: string | boolean | undefined,
  from: number,
  to: number,
): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < from || number > to) {
    throw probeErrors.OPTION({ option, value: String(value), from, to });
  }
  return number;
}

function sum(rows: readonly AlertRow[]): number {
  return rows.reduce((total, row) => total + row.Tally, 0);
}

function readable(row: AlertRow) {
  const { FirstOccurrence, LastOccurrence, ...rest } = row;
  return {
    ...rest,
    FirstOccurrence: iso(FirstOccurrence),
    LastOccurrence: iso(LastOccurrence),
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
