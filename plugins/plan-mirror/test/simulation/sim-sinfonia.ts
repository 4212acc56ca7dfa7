import type { Part } from '@ftctl/plan';
import type { SinfoniaFile } from '../../src/io/io.ts';
import type { Copies } from './scheduler.ts';

/** Reads a copy that a scheduler has made, a few parts at a time. */
export function readCopy(copies: Copies, path: string): SinfoniaFile {
  const copy = copies.get(path);
  if (copy === undefined) throw new Error(`no file ${path}`);
  async function* pieces(parts: readonly Part[]): AsyncGenerator<readonly Part[]> {
    for (let at = 0; at < parts.length; at += 7) yield parts.slice(at, at + 7);
  }
  return { head: copy.head, parts: pieces(copy.parts), close: async () => undefined };
}
