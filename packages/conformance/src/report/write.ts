import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toJunit } from './junit.ts';
import type { Report } from './report.ts';

/** Writes `conformance.json` and `conformance.xml` into a folder, which is made when it is not there. */
export async function writeReport(report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'conformance.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(folder, 'conformance.xml'), toJunit(report));
}
