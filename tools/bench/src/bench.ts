/**
 * `npm run bench -- NAME [--json]`: runs a benchmark and prints a table, or with
 * `--json` one object alone on stdout. Progress goes to stderr. Exit code 0 when
 * it measured, whatever the figures; 2 when it was called wrongly. `--record`
 * also writes the result into docs/benchmarks.md, `--plots` draws its
 * pictures, `--soak MINUTES` watches memory for so long (at least 3).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { eventsBenchmark } from './events/events.ts';
import { hostBenchmark } from './host/host.ts';
import { mirrorBenchmark } from './mirror/mirror.ts';
import { toSection, withSection } from './record.ts';
import { toReport, toTable } from './report.ts';
import { switchBenchmark } from './switch/switch.ts';

const BENCHMARKS: readonly Benchmark[] = [
  hostBenchmark,
  eventsBenchmark,
  switchBenchmark,
  mirrorBenchmark,
];
const DOCS = resolve(import.meta.dirname, '../../../docs');
const RECORDS = resolve(DOCS, 'benchmarks.md');
const PLOTS = resolve(DOCS, 'plots');

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      plots: { type: 'boolean', default: false },
      soak: { type: 'string' },
    },
    allowPositionals: true,
  });
  const benchmark = BENCHMARKS.find(({ name }) => name === positionals[0]);
  const soakMinutes = Number(values.soak ?? 0);
  const isSoak = Number.isInteger(soakMinutes) && soakMinutes >= 0;
  if (!benchmark || positionals.length !== 1 || !isSoak) {
    const list = BENCHMARKS.map(({ name, summary }) => `  ${name}  ${summary}`).join('\n');
    process.stderr.write(
      `usage: npm run bench -- NAME [--json] [--record] [--plots] [--soak MINUTES]\n\n${list}\n`,
    );
    return 2;
  }
  const progress = (line: string) => process.stderr.write(`bench ${benchmark.name}: ${line}\n`);
  const measured = await benchmark.measure(progress, { plots: values.plots, soakMinutes });
  const report = toReport(benchmark, measured);
  const plots = Object.entries(measured.plots ?? {});
  if (values.record) {
    const before = await readFile(RECORDS, 'utf8');
    const flags = `${values.plots ? ' --plots' : ''}${soakMinutes > 0 ? ` --soak ${soakMinutes}` : ''}`;
    const section = toSection(benchmark, report, { flags, plots: plots.map(([name]) => name) });
    await writeFile(RECORDS, withSection(before, benchmark.name, section));
  }
  if (plots.length > 0) await mkdir(PLOTS, { recursive: true });
  for (const [name, svg] of plots) await writeFile(resolve(PLOTS, name), svg);
  process.stdout.write(`${values.json ? JSON.stringify(report) : toTable(benchmark, report)}\n`);
  return 0;
}
