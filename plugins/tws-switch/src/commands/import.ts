import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StreamTemplate, Topology, WorkstationName } from '@ftctl/plan';
import {
  type ImportedWorkflow,
  importWorkflow,
  renderDefinitions,
  sizeProblem,
} from '@ftctl/plan/files';
import {
  type CliContext,
  type CommandCall,
  type CommandHandler,
  type CommandResult,
  describeError,
} from '@ftctl/sdk';
import type { Config } from '../config.ts';
import type { TwsIo } from '../io/io.ts';
import { commandErrors } from './errors.ts';

const MAX_FILES = 100;
const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** A month of measured run time may become a century, not more. */
const MAX_TIME_SCALE = 1_000;
/** What is handed to the caller at once. */
const PIECE_BYTES = 256 * 1024;

/** `ftctl tws import wfcommons FILE...`: a plan file from recorded workflows. */
export function importCommand(
  ctx: Pick<CliContext, 'config' | 'host'>,
  io: Pick<TwsIo, 'readTopology'>,
): CommandHandler {
  return async (call) => {
    const { format, file } = call.args;
    if (format !== 'wfcommons') throw refused(`"${String(format)}" is no known format: wfcommons`);
    const files = typeof file === 'string' ? [file] : (file ?? []);
    if (files.length > MAX_FILES) throw refused(`${files.length} files: ${MAX_FILES} at most`);
    const topology = await io.readTopology((ctx.config as Config).topology);
    const workstations = workstationsOf(call, topology, ctx.host.name);
    const streams: StreamTemplate[] = [];
    const rows: Row[] = [];
    for (const name of files) {
      const taken = new Set(streams.map((one) => one.name));
      const text = await read(resolve(call.cwd, name));
      const made = importWorkflow(text, { ...optionsOf(call), file: name, workstations, taken });
      streams.push(...made.definitions.streams);
      rows.push(rowOf(name, made));
    }
    const size = sizeProblem(streams);
    if (size !== undefined) throw refused(size);
    return answer(call, renderDefinitions({ streams }), rows);
  };
}

/** What became of one file. */
interface Row {
  readonly file: string;
  readonly streams: readonly string[];
  readonly tasks: number;
  readonly dependencies: number;
  readonly joins: number;
}

function rowOf(file: string, { definitions, tasks, dependencies, joins }: ImportedWorkflow): Row {
  const streams = definitions.streams.map(({ ws, name }) => `${ws}#${name}`);
  return { file, streams, tasks, dependencies, joins };
}

function optionsOf({ options }: CommandCall) {
  const timeScale = Number(options.timeScale);
  if (options.timeScale === '' || !(timeScale >= 0 && timeScale <= MAX_TIME_SCALE)) {
    throw refused(`--time-scale must be a number from 0 to ${MAX_TIME_SCALE}`);
  }
  return {
    timeScale,
    ...(typeof options.command === 'string' ? { command: options.command } : {}),
    ...(typeof options.stream === 'string' ? { stream: options.stream } : {}),
  };
}

function workstationsOf(
  { options }: CommandCall,
  { workstations }: Topology,
  host: string,
): readonly WorkstationName[] {
  if (typeof options.on !== 'string') {
    const own = [...workstations.values()].find(({ node }) => node === host);
    if (own !== undefined) return [own.name];
    throw refused(`no workstation has the node ${host}: name some, --on WS,WS`);
  }
  const names = options.on.split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.find((name) => !workstations.has(name));
  if (unknown !== undefined) throw refused(`there is no workstation "${unknown}" in the topology`);
  return names;
}

async function answer(
  call: CommandCall,
  plan: string,
  rows: readonly Row[],
): Promise<CommandResult> {
  const lines = rows.map(({ file, streams, tasks, dependencies, joins }) => {
    const joined = joins === 0 ? '' : `, and ${joins} jobs that join what one job could not follow`;
    return `${file}: ${tasks} tasks and ${dependencies} dependencies in ${streams.join(', ')}${joined}`;
  });
  const { out } = call.options;
  if (typeof out === 'string') {
    await writeNew(resolve(call.cwd, out), plan);
    return { data: { out, imported: rows }, text: [...lines, `written to ${out}`].join('\n') };
  }
  const bytes = new TextEncoder().encode(plan);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    call.write(bytes.subarray(at, at + PIECE_BYTES));
  }
  call.write(`${lines.join('\n')}\n`, 'stderr');
  return { data: { imported: rows }, text: '' };
}

async function read(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new Error(`${size} bytes, ${MAX_FILE_BYTES} at most`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw refused(`cannot read ${path}: ${describeError(error)}`, error);
  }
}

/** A plan file that somebody has written by hand is not lost to this. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw refused(`cannot write ${path}: ${describeError(error)}`, error);
  }
}

function refused(why: string, cause?: unknown) {
  return commandErrors.ARGUMENT({ what: 'import', why }, cause);
}
