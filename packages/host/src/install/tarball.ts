import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { installErrors } from './errors.ts';
import { runNpm } from './npm.ts';
import type { Source } from './source.ts';

/** Largest packed package. */
export const MAX_TARBALL_BYTES = 64 * 1024 * 1024;

/** How long npm may take to fetch or pack one package. */
const PACK_LIMIT_MS = 120_000;

export interface Tarball {
  readonly path: string;
  /** `sha512-` and the digest in base 64, as npm writes it. */
  readonly integrity: string;
}

/**
 * Makes a tarball of any source inside `folder`: npm fetches a name or packs a
 * folder without running its scripts, a file is copied. Its integrity is
 * computed here and compared with what npm reports.
 *
 * @throws FtError FT_INSTALL_SOURCE, FT_INSTALL_INTEGRITY, FT_INSTALL_TARBALL, and those of npm
 */
export async function fetchTarball(
  source: Source,
  folder: string,
  registry?: string,
): Promise<Tarball> {
  await mkdir(folder, { recursive: true });
  if (source.kind === 'tarball') return copyTarball(source.path, folder);
  const named = source.kind === 'registry' ? source.spec : source.path;
  const output = await runNpm(
    'pack',
    ['--json', '--prefer-online', '--pack-destination', folder, '--', named],
    { cwd: folder, timeLimitMs: PACK_LIMIT_MS, registry },
  );
  const path = await theTarball(folder, named);
  const integrity = await computeIntegrity(path);
  const reported = reportedIntegrity(output);
  if (reported !== integrity) {
    const why = `npm reports ${reported ?? 'no integrity'}, the file has ${integrity}`;
    throw installErrors.INTEGRITY({ source: named, why });
  }
  return { path, integrity };
}

/** Copied first, so that what is checked is what is unpacked. */
async function copyTarball(source: string, folder: string): Promise<Tarball> {
  const { size } = await stat(source);
  if (size > MAX_TARBALL_BYTES) {
    const why = `it has ${size} bytes, the limit is ${MAX_TARBALL_BYTES}`;
    throw installErrors.TARBALL({ source, why });
  }
  const path = join(folder, 'package.tgz');
  await copyFile(source, path);
  return { path, integrity: await computeIntegrity(path) };
}

/** npm's own word on the file name differs between its versions, so look. */
async function theTarball(folder: string, source: string): Promise<string> {
  const [name, ...more] = (await readdir(folder)).filter((entry) => entry.endsWith('.tgz'));
  if (name === undefined || more.length > 0) {
    throw installErrors.NPM({ command: 'pack', why: `it left no single tarball of ${source}` });
  }
  return join(folder, name);
}

/** `sha512-...` of a file. */
export async function computeIntegrity(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest('base64')}`;
}

/** npm up to 11 answers a list of packages, npm 12 an object keyed by package name. */
export function reportedIntegrity(output: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch (cause) {
    throw installErrors.NPM({ command: 'pack', why: 'its answer is not JSON' }, cause);
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const packed = Object.values(answer);
  const [only] = packed as { integrity?: unknown }[];
  return packed.length === 1 && typeof only?.integrity === 'string' ? only.integrity : undefined;
}

/** First twelve hexadecimal digits of the digest: part of a version folder's name. */
export function shortDigest(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64')
    .toString('hex')
    .slice(0, 12);
}
