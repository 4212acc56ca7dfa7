import { readFile } from 'node:fs/promises';
import { planErrors } from '@ftctl/plan';
import { parseDefinitions, parseTopology } from '@ftctl/plan/files';
import { describeError } from '@ftctl/sdk';
import type { TwsIo } from './io.ts';
import { ProcessJobRunner } from './jobs/process-job-runner.ts';
import { sinfoniaFiles } from './sinfonia-files.ts';

/** The real world: files, processes, the time zone. */
export const realIo: TwsIo = {
  readTopology: async (source) =>
    typeof source === 'string'
      ? parseTopology(await read(source), source)
      : // JSON is YAML.
        parseTopology(JSON.stringify(source, undefined, 1), 'the topology in the config'),
  readDefinitions: async (file, topology) => parseDefinitions(await read(file), file, topology),
  jobs: (ctx) => new ProcessJobRunner({ home: ctx.host.home }),
  sinfonia: (ctx) => sinfoniaFiles(ctx.host.home),
  utcOffsetMinutes: (atMs) => -new Date(atMs).getTimezoneOffset(),
};

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw planErrors.NO_FILE({ file, why: describeError(error) }, error);
  }
}
