import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { describeError } from '@ftctl/sdk';
import { type ReadEntry, Unpack } from 'tar';
import { installErrors } from './errors.ts';

/** Most files and folders in a package. */
export const MAX_ENTRIES = 10_000;
/** Most bytes of an unpacked package, the archive's own headers included. */
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Longest path of an entry. */
const MAX_PATH_LENGTH = 512;
const MAX_DEPTH = 32;

/**
 * Unpacks a package's tarball into `folder` (made here), without its leading
 * `package/`. Anything that `npm pack` would not write is refused: links,
 * devices, absolute paths, `..`, entries outside `package/`, one path twice,
 * too many entries or bytes. After an error the folder holds rubbish; the
 * caller throws it away.
 *
 * @throws FtError FT_INSTALL_TARBALL
 */
export async function extractTarball(
  tarball: string,
  folder: string,
  source: string,
  maxBytes = MAX_UNPACKED_BYTES,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const guard = new EntryGuard();
  let refusal: string | undefined;
  const unpack = new Unpack({
    cwd: folder,
    strip: 1,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    maxDepth: MAX_DEPTH,
    brotli: false,
    zstd: false,
    filter: (path, entry) => {
      refusal ??= guard.check(path, entry as ReadEntry);
      if (refusal !== undefined) unpack.abort(new Error(refusal));
      return refusal === undefined;
    },
  });
  try {
    await pipeline(
      createReadStream(tarball),
      createGunzip(),
      new PlainArchive(maxBytes),
      writable(unpack),
    );
  } catch (error) {
    throw installErrors.TARBALL({ source, why: refusal ?? describeError(error) }, error);
  }
  if (guard.files === 0) throw installErrors.TARBALL({ source, why: 'it holds no files' });
}

/** Looks at each entry's header before anything of it is written. */
export class EntryGuard {
  files = 0;
  #entries = 0;
  readonly #seen = new Set<string>();

  /** Why the entry is refused; undefined when it is fine. */
  check(path: string, entry: Pick<ReadEntry, 'type'>): string | undefined {
    this.#entries += 1;
    if (this.#entries > MAX_ENTRIES) return `it has more than ${MAX_ENTRIES} entries`;
    const isFolder = entry.type === 'Directory';
    if (!isFolder && entry.type !== 'File' && entry.type !== 'OldFile') {
      return `${quote(path)} is a ${entry.type}, only files and folders are accepted`;
    }
    const why = wrongPath(path);
    if (why !== undefined) return `${quote(path)} ${why}`;
    if (isFolder) return undefined;
    this.files += 1;
    // Some file systems do not tell these apart; the second would replace the first.
    const same = path.normalize('NFC').toLowerCase();
    if (this.#seen.has(same)) return `${quote(path)} occurs twice`;
    this.#seen.add(same);
    return undefined;
  }
}

function wrongPath(path: string): string | undefined {
  if (path.length > MAX_PATH_LENGTH) return `is longer than ${MAX_PATH_LENGTH} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\\]/.test(path)) return 'has a character that no package needs';
  if (path.startsWith('/')) return 'is an absolute path';
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.some((segment) => segment === '..')) return 'leaves the package';
  if (segments.some((segment) => segment === '' || segment === '.')) return 'is no plain path';
  if (segments[0] !== 'package') return 'is outside package/';
  return undefined;
}

function quote(path: string): string {
  return JSON.stringify(path.slice(0, MAX_PATH_LENGTH));
}

/**
 * Passes the decompressed archive on, up to the limit. What is compressed once
 * more is refused: the library would unpack that too, past the limit.
 */
class PlainArchive extends Transform {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const isCompressed = this.#bytes === 0 && (piece[0] === 0x1f || piece[0] === 0x28);
    this.#bytes += piece.length;
    if (isCompressed) done(new Error('it is compressed twice'));
    else if (this.#bytes > this.#maxBytes) {
      done(new Error(`it unpacks to more than ${this.#maxBytes} bytes`));
    } else done(null, piece);
  }
}

/** The library's parser has the methods of a stream, but not its type. */
function writable(unpack: Unpack): NodeJS.WritableStream {
  return unpack as unknown as NodeJS.WritableStream;
}
