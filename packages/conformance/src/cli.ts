import { readFile } from 'node:fs/promises';
import { describeError, isFtError } from '@ftctl/sdk';
import { Command, CommanderError } from 'commander';
import { parse } from 'yaml';
import { entriesBeside } from './host/entries.ts';
import type { Report } from './report/report.ts';
import { formatResult, formatVerdict } from './report/table.ts';
import { writeReport } from './report/write.ts';
import { requirements } from './requirements.ts';
import { check, run } from './run.ts';
import { KIT_VERSION } from './version.ts';

const EXIT = { conforms: 0, doesNot: 1, usage: 2, broken: 3, interrupted: 130 } as const;

const EXIT_TEXT = `
Exit codes:
  ${EXIT.conforms}  it conforms: every MUST that it claims was tested and is met
  ${EXIT.doesNot}  it does not conform
  ${EXIT.usage}  the command line is wrong, or there is no such package
  ${EXIT.broken}  the kit itself has failed
  ${EXIT.interrupted}  interrupted; what was started has been ended`;

interface Shared {
  readonly out?: string;
  readonly json?: boolean;
}

interface RunFlags extends Shared {
  readonly config?: string;
  readonly with?: string[];
  readonly peers?: string[];
  readonly seed: string;
}

/** Runs the command line. Answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.conforms;
  const program = new Command('ftctl-conformance')
    .description('The suite that every ftctl plugin passes.')
    .version(KIT_VERSION)
    .exitOverride()
    .addHelpText('after', EXIT_TEXT);
  program
    .command('check')
    .description('read a package without running it')
    .argument('<package>', 'a folder (./dir), a packed file (./file.tgz) or a name (NAME@RANGE)')
    .option('--out <dir>', 'write conformance.json and conformance.xml (JUnit) there')
    .option('--json', 'print the report as JSON instead of a table')
    .addHelpText('after', EXIT_TEXT)
    .action(async (source: string, flags: Shared) => {
      exitCode = await finish(await check({ source, onResult: printer(flags) }), flags);
    });
  program
    .command('run')
    .description('read a package, install it into a real host and drive it')
    .argument('<package>', 'a folder (./dir), a packed file (./file.tgz) or a name (NAME@RANGE)')
    .option('--config <file>', "the plugin's config, JSON or YAML; default: found in its schema")
    .option('--with <packages...>', 'plugins that it needs, installed before it')
    .option('--peers <hosts...>', 'hosts that its config names; nobody answers there')
    .option('--seed <seed>', 'decides what is left to chance in the simulated world', '1')
    .option('--out <dir>', 'where conformance.json and conformance.xml (JUnit) go', '.')
    .option('--json', 'print the report as JSON instead of a table')
    .addHelpText('after', EXIT_TEXT)
    .action(async (source: string, flags: RunFlags) => {
      const config = flags.config === undefined ? undefined : await readConfigFile(flags.config);
      const report = await run({
        source,
        entries: entriesBeside(import.meta.url),
        seed: flags.seed,
        companions: flags.with ?? [],
        peers: flags.peers ?? [],
        ...(config && { config }),
        onResult: printer(flags),
      });
      exitCode = await finish(report, flags);
    });
  program
    .command('list')
    .description('show every requirement')
    .option('--json', 'print them as JSON')
    .action((flags: Shared) => {
      const lines = requirements.map(({ id, level, text }) => `${id}\t${level}\t${text}`);
      print(flags.json ? JSON.stringify(requirements, null, 2) : lines.join('\n'));
    });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

async function finish(report: Report, { out, json }: Shared): Promise<number> {
  if (out !== undefined) await writeReport(report, out);
  print(json ? JSON.stringify(report, null, 2) : `\n${formatVerdict(report)}`);
  return report.verdict.conforms ? EXIT.conforms : EXIT.doesNot;
}

/** Thrown between two requirements, so that the run takes down what it has started. */
class Interrupted extends Error {}

let isInterrupted = false;

/** The first signal ends the run in order, a second one at once. */
function endInOrderOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isInterrupted = true;
      complain('ending what was started; interrupt again to end at once');
    });
  }
}

function printer({ json }: Shared) {
  return (result: Report['results'][number]) => {
    if (!json) print(formatResult(result));
    if (isInterrupted) throw new Interrupted();
  };
}

async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw usage(`cannot read ${path}: ${describeError(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usage(`${path} holds no object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function usage(message: string): CommanderError {
  return new CommanderError(EXIT.usage, 'ftctl.usage', message);
}

function explain(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.conforms;
    if (error.code === 'ftctl.usage') complain(error.message);
    return EXIT.usage;
  }
  if (isFtError(error)) {
    complain(`${error.code}: ${error.message}\n${error.action}`);
    return error.code.startsWith('FT_INSTALL_') ? EXIT.usage : EXIT.broken;
  }
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.broken;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

endInOrderOnSignals();
process.exitCode = await main(process.argv.slice(2));
