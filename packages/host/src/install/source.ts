import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { installErrors } from './errors.ts';

/** Where a package comes from, as the operator named it. */
export type Source =
  | { readonly kind: 'registry'; readonly spec: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'tarball'; readonly path: string };

/** `name`, `@scope/name`, either with `@range` or `@tag` behind it. */
const REGISTRY_SPEC =
  /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(@[^@/\s:][^@/:]{0,99})?$/;

/** Longest package name that npm accepts, with room for a range. */
const MAX_SPEC_LENGTH = 320;

/**
 * Reads `NAME[@RANGE]`, `./dir` or `./file.tgz` (relative to `cwd`, or absolute).
 *
 * @throws FtError FT_INSTALL_SOURCE when it is none of these, or does not exist
 */
export async function parseSource(source: string, cwd: string = process.cwd()): Promise<Source> {
  if (isPath(source)) return parsePath(source, resolve(cwd, source));
  if (source.length <= MAX_SPEC_LENGTH && REGISTRY_SPEC.test(source)) {
    return { kind: 'registry', spec: source };
  }
  throw installErrors.SOURCE({ source, why: 'this is no package name, folder or .tgz file' });
}

/** A bare word is a package name, even if a folder of that name exists; a path starts like one. */
function isPath(source: string): boolean {
  return isAbsolute(source) || /^\.{1,2}(\/|$)/.test(source) || /\.(tgz|tar\.gz)$/.test(source);
}

async function parsePath(source: string, path: string): Promise<Source> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'it does not exist' : cause.message;
    throw installErrors.SOURCE({ source, why }, cause);
  });
  if (found.isDirectory()) return { kind: 'folder', path };
  if (found.isFile()) return { kind: 'tarball', path };
  throw installErrors.SOURCE({ source, why: 'it is neither a folder nor a file' });
}
