import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Benchmark, FigureInfo, Measurement, Report } from './benchmark.ts';
import { round } from './statistics.ts';

/** A measurement together with the machine it was taken on. */
export function toReport(benchmark: Benchmark, measured: Measurement): Report {
  const figures = Object.entries(measured.figures).map(([name, value]) => [name, round(value)]);
  return {
    name: benchmark.name,
    figures: Object.fromEntries(figures) as Record<string, number>,
    context: {
      ...machine(),
      ...measured.context,
      skipped: Object.keys(measured.skipped),
      ...(Object.keys(measured.skipped).length > 0 && { whySkipped: measured.skipped }),
    },
  };
}

function machine(): Record<string, unknown> {
  return {
    takenAt: new Date().toISOString(),
    node: process.version,
    system: `${type()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: round(totalmem() / 2 ** 30),
    ...commit(),
  };
}

function commit(): { commit?: string } {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const options = { encoding: 'utf8', stdio } as const;
    return { commit: execFileSync('git', ['describe', '--always', '--dirty'], options).trim() };
  } catch (error) {
    // Measured outside a checkout, or without git: there is no commit to name.
    if (error instanceof Error) return {};
    throw error;
  }
}

/** The table that people read. */
export function toTable(benchmark: Benchmark, report: Report): string {
  const rows = Object.entries(benchmark.figures).map(([name, info]) => {
    const value = report.figures[name];
    if (value === undefined) return [name, 'skipped', goalText(info), '', info.meaning];
    return [
      name,
      String(value),
      goalText(info),
      isReached(info, value) ? 'yes' : 'NO',
      info.meaning,
    ];
  });
  const all = [['figure', 'value', 'goal', 'reached', 'meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const why = report.context.whySkipped as Readonly<Record<string, string>> | undefined;
  const notes = Object.entries(why ?? {}).map(([name, reason]) => `skipped ${name}: ${reason}`);
  return [`${benchmark.name}: ${benchmark.summary}`, '', ...lines, ...notes].join('\n');
}

function goalText({ goal }: FigureInfo): string {
  if ('below' in goal) return `< ${goal.below}`;
  return 'atMost' in goal ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
}

function isReached({ goal }: FigureInfo, value: number): boolean {
  if ('below' in goal) return value < goal.below;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}
