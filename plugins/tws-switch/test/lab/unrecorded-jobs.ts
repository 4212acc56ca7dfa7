import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Jobs that a launcher has claimed and whose end is not recorded, read from the
 * files of a host that stands still: when it dies now, nobody can know how they
 * would have ended.
 *
 * @param data the plugin's folder
 */
export async function unrecordedJobs(data: string): Promise<ReadonlySet<string>> {
  const folder = join(data, 'jobs/state');
  const names = new Set(await readdir(folder));
  const found = new Set<string>();
  for (const name of names) {
    const key = name.endsWith('.claim') ? name.slice(0, -'.claim'.length) : undefined;
    // The intent goes first when an attempt is over.
    if (key === undefined || names.has(`${key}.exit`) || !names.has(`${key}.intent`)) continue;
    const claim = JSON.parse(await readFile(join(folder, name), 'utf8')) as { by: string };
    if (claim.by !== 'launcher') continue;
    const intent = JSON.parse(await readFile(join(folder, `${key}.intent`), 'utf8')) as {
      env: { UNISON_JOB: string };
    };
    found.add(intent.env.UNISON_JOB);
  }
  return found;
}
