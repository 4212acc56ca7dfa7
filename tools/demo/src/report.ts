import Table from 'cli-table3';
import type { Comparison } from './syslog/index.ts';

export interface Report extends Comparison {
  readonly input: string;
  readonly sender: string;
  /** Rows of the alert table. */
  readonly rows: number;
  readonly takeOverMs: number;
  /** True when the slave is passive again. */
  readonly handedBack: boolean;
}

const MAX_DIFFERENCES_SHOWN = 5;

/** The figures as a table; the last line repeats them. */
export function printReport(report: Report): void {
  const table = new Table({
    colAligns: ['left', 'right'],
    style: { border: [], head: [], compact: true },
  });
  const seconds = `${(report.takeOverMs / 1_000).toFixed(2)} s`;
  table.push(
    ['lines from', report.input],
    ['sent by', report.sender],
    ['sent', report.sent],
    ['delivered', report.delivered],
    ['lost', report.lost],
    ['duplicated', report.duplicated],
    ['rows of the alert table', report.rows],
    ['take-over time (rule: within 4 s)', seconds],
    ['handed back to the master', report.handedBack ? 'yes' : 'not yet'],
  );
  process.stdout.write(`${table.toString()}\n`);
  for (const { key, sent, tally } of report.differences.slice(0, MAX_DIFFERENCES_SHOWN)) {
    process.stdout.write(`sent ${sent}, counted ${tally}: ${key}\n`);
  }
  const { sent, delivered, lost, duplicated } = report;
  process.stdout.write(
    `sent ${sent}, delivered ${delivered}, lost ${lost}, duplicated ${duplicated}, take-over ${seconds}\n`,
  );
}
