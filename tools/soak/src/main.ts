/**
 * `npm run soak -- NAME [--kills N | --runs N | --count N] [--minutes M] [--seed S] [--json]`:
 * does real faults for a long time. Progress goes to stderr, one last line of
 * counts to stdout. Exit code 0 when every promise was kept, 1 when one was
 * broken, 2 when it was called wrongly, 3 when it cannot run here.
 */
import { type Chosen, parseOptions } from './options.ts';
import { SOAKS } from './registry.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let chosen: Chosen;
  try {
    chosen = parseOptions(args, SOAKS);
  } catch (error) {
    const list = SOAKS.map(
      ({ name, summary, count, unit }) => `  ${name}  ${summary} (${count} ${unit})`,
    );
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stderr.write(
      'usage: npm run soak -- NAME [--kills N | --runs N | --count N] [--minutes M] [--seed S] [--json]\n',
    );
    process.stderr.write(`\n${list.join('\n')}\n`);
    return 2;
  }
  return run(chosen);
}

async function run({ soak, count, minutes, seed, json }: Chosen): Promise<number> {
  const obstacle = soak.obstacle?.();
  if (obstacle !== undefined) {
    process.stderr.write(`soak ${soak.name}: cannot run here: ${obstacle}\n`);
    return 3;
  }
  const started = performance.now();
  const deadline = minutes === undefined ? Number.POSITIVE_INFINITY : started + minutes * 60_000;
  const progress = (line: string) => process.stderr.write(`soak ${soak.name}: ${line}\n`);
  const { counts, problems } = await soak.run({ count, seed, deadline, progress });
  const seconds = Math.round((performance.now() - started) / 1000);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ name: soak.name, seed, seconds, counts, problems })}\n`,
    );
  } else {
    const shown = Object.entries(counts).map(([name, value]) => `${name} ${value}`);
    const last = `${soak.name}: ${shown.join(', ')}, broken ${problems.length}, in ${seconds} s`;
    process.stdout.write(`${last}\n`);
  }
  return problems.length === 0 ? 0 : 1;
}
