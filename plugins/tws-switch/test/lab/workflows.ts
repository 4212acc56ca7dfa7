import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Recorded runs of real workflows (wfcommons.org), short ones that are wide and narrow in turn. */
const REAL = ['helloworld-forkjoin-10-chameleon.json', 'hic-dirt02-001.json'];

const TASKS = 48;
const WIDTH = 8;
const TASK_SECONDS = 20;

export interface Workflows {
  readonly files: readonly string[];
  /** For people: which workflows these are. */
  readonly source: string;
}

/**
 * Workflows for a day: the real ones in `$FTCTL_DATA/wfinstances`; where that is
 * not set, one of a like size is made in `folder`.
 *
 * @throws Error when FTCTL_DATA is set and holds none of them
 */
export async function workflows(folder: string): Promise<Workflows> {
  const data = process.env.FTCTL_DATA;
  if (data === undefined) return generated(folder);
  const files = REAL.map((name) => join(data, 'wfinstances', name)).filter((path) =>
    existsSync(path),
  );
  if (files.length === 0) {
    throw new Error(
      `FTCTL_DATA is set, and ${data}/wfinstances holds neither ${REAL.join(' nor ')}`,
    );
  }
  return { files, source: `real WfCommons runs of FTCTL_DATA: ${REAL.join(', ')}` };
}

/** Layers of tasks, each after two of the layer before. */
async function generated(folder: string): Promise<Workflows> {
  const tasks = Array.from({ length: TASKS }, (_, at) => ({
    id: `task_${at}`,
    parents: at < WIDTH ? [] : [at - WIDTH, at - (at % WIDTH) - 1].map((one) => `task_${one}`),
  }));
  const measured = tasks.map(({ id }) => ({ id, runtimeInSeconds: TASK_SECONDS }));
  const workflow = { specification: { tasks }, execution: { tasks: measured } };
  const file = join(folder, 'generated.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify({ schemaVersion: '1.5', workflow }));
  return { files: [file], source: `a generated workflow of ${TASKS} tasks: FTCTL_DATA is not set` };
}
