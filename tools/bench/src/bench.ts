/**
 * `npm run bench -- NAME [--json]`: runs a benchmark and prints a table, or with
 * `--json` one object alone on stdout. Progress goes to stderr. Exit code 0 when
 * it measured, whatever the figures; 2 when it was called wrongly. `--record`
 * also writes the result into docs/benchmarks.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { eventsBenchmark } from './events/events.ts';
import { hostBenchmark } from './host/host.ts';
import { toSection, withSection } from './record.ts';
import { toReport, toTable } from './report.ts';

const BENCHMARKS: readonly Benchmark[] = [hostBenchmark, eventsBenchmark];
const RECORDS = resolve(import.meta.dirname, '../../../docs/benchmarks.md');

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const benchmark = BENCHMARKS.find(({ name }) => name === positionals[0]);
  if (!benchmark || positionals.length !== 1) {
    const list = BENCHMARKS.map(({ name, summary }) => `  ${name}  ${summary}`).join('\n');
    process.stderr.write(`usage: npm run bench -- NAME [--json] [--record]\n\n${list}\n`);
    return 2;
  }
  const progress = (line: string) => process.stderr.write(`bench ${benchmark.name}: ${line}\n`);
  const report = toReport(benchmark, await benchmark.measure(progress));
  if (values.record) {
    const before = await readFile(RECORDS, 'utf8');
    await writeFile(RECORDS, withSection(before, benchmark.name, toSection(benchmark, report)));
  }
  process.stdout.write(`${values.json ? JSON.stringify(report) : toTable(benchmark, report)}\n`);
  return 0;
}
