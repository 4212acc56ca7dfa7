import { type FileHandle, open } from 'node:fs/promises';
import type { Part } from '@ftctl/plan';
import { sinfoniaHeadCodec } from '@ftctl/plan/source';
import { describeError, text } from '@ftctl/sdk';
import { mirrorErrors } from '../errors.ts';
import type { SinfoniaFile } from './io.ts';

/** What is read, and handed on, together. */
const READ_BYTES = 64 * 1024;
/** No line is longer: the head names each workstation of the network. */
const MAX_LINE_CHARACTERS = 32 * 1024 * 1024;

/** What is said of a line that makes no sense. */
type Damaged = (line: number, why: string) => Error;

/** Opens `Sinfonia.<syncid>`. @throws FtError FT_MIRROR_COPY_DAMAGED */
export async function readSinfonia(path: string): Promise<SinfoniaFile> {
  const handle = await open(path, 'r');
  const damaged = (line: number, why: string) =>
    mirrorErrors.COPY_DAMAGED({ file: path, line, why });
  const lines = linesOf(handle, damaged);
  try {
    const [first = '', ...others] = (await lines.next()).value ?? [];
    const head = sinfoniaHeadCodec.decode(text.encode(first));
    return {
      head,
      parts: partsOf(others, lines, head.parts, damaged),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw damaged(1, describeError(error));
  }
}

/** Lines, as many together as a read of the file has ended. */
async function* linesOf(
  handle: FileHandle,
  damaged: Damaged,
): AsyncGenerator<readonly string[], undefined> {
  const pieces: AsyncIterable<string> = handle.createReadStream({
    encoding: 'utf8',
    highWaterMark: READ_BYTES,
    autoClose: false,
  });
  let rest = '';
  let ended = 0;
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    ended += lines.length;
    if (rest.length > MAX_LINE_CHARACTERS) throw damaged(ended + 1, 'the line has no end');
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

async function* partsOf(
  first: readonly string[],
  more: AsyncIterable<readonly string[]>,
  expected: number,
  damaged: Damaged,
): AsyncGenerator<readonly Part[]> {
  let line = 1;
  let ended = false;
  const take = (lines: readonly string[]): readonly Part[] => {
    const parts: Part[] = [];
    for (const written of lines) {
      if (ended) throw damaged(line, 'it goes on after its end');
      line += 1;
      const value = parse(written, line, damaged);
      if ('end' in value) ended = value.end === expected && line === expected + 2;
      else parts.push(value);
    }
    return parts;
  };
  yield take(first);
  for await (const lines of more) yield take(lines);
  if (!ended) throw damaged(line, `the file is not whole: ${expected} parts were to be in it`);
}

const KINDS = new Set(['job', 'stream', 'prompt', 'cpu', 'voters']);

/** The scheduler of this host has checked each part when it came in: here only its shape is looked at. */
function parse(written: string, line: number, damaged: Damaged): Part | { readonly end: number } {
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
