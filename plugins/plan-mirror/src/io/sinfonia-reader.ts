import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Part } from '@ftctl/plan';
import { type SinfoniaHead, sinfoniaHeadCodec } from '@ftctl/plan/source';
import { describeError, text } from '@ftctl/sdk';
import { mirrorErrors } from '../errors.ts';
import type { SinfoniaFile } from './io.ts';

/** Parts that are handed on together. */
const PIECE_PARTS = 1_000;
const READ_BYTES = 256 * 1024;

/** Opens `Sinfonia.<syncid>`. @throws FtError FT_MIRROR_COPY_DAMAGED */
export async function readSinfonia(path: string): Promise<SinfoniaFile> {
  const handle = await open(path, 'r');
  const lines = linesOf(handle);
  const damaged = (line: number, why: string) =>
    mirrorErrors.COPY_DAMAGED({ file: path, line, why });
  let head: SinfoniaHead;
  try {
    const first = await lines.next();
    head = sinfoniaHeadCodec.decode(text.encode(first.done === true ? '' : first.value));
  } catch (error) {
    await handle.close();
    throw damaged(1, describeError(error));
  }
  return {
    head,
    parts: partsOf(lines, head.parts, damaged),
    close: () => handle.close(),
  };
}

async function* linesOf(handle: FileHandle): AsyncGenerator<string, undefined> {
  const input = handle.createReadStream({
    encoding: 'utf8',
    highWaterMark: READ_BYTES,
    autoClose: false,
  });
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

async function* partsOf(
  lines: AsyncGenerator<string, undefined>,
  expected: number,
  damaged: (line: number, why: string) => Error,
): AsyncGenerator<readonly Part[]> {
  let piece: Part[] = [];
  let line = 1;
  let ended = false;
  for await (const written of lines) {
    line += 1;
    const value = parse(written, line, damaged);
    if ('end' in value) {
      ended = value.end === expected && line === expected + 2;
      break;
    }
    piece.push(value);
    if (piece.length < PIECE_PARTS) continue;
    yield piece;
    piece = [];
  }
  if (!ended) throw damaged(line, `the file is not whole: ${expected} parts were to be in it`);
  if (piece.length > 0) yield piece;
}

const KINDS = new Set(['job', 'stream', 'prompt', 'cpu', 'voters']);

/** The scheduler of this host has checked each part when it came in: here only its shape is looked at. */
function parse(
  written: string,
  line: number,
  damaged: (line: number, why: string) => Error,
): Part | { readonly end: number } {
  let value: Partial<Part> & { readonly end?: number };
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw damaged(line, describeError(error));
  }
  if (typeof value.end === 'number') return { end: value.end };
  if (!KINDS.has(value.kind ?? '') || typeof value.id !== 'string') {
    throw damaged(line, 'no part of a plan');
  }
  return value as Part;
}
