import { bytes, type Link, type RequestChannel } from '@ftctl/sdk';
import { type Moved, SHAPE } from './shape.ts';

const BLOCKS: RequestChannel<Uint8Array, Uint8Array> = {
  name: 'blocks',
  question: bytes,
  answer: bytes,
};
const NOTHING = new Uint8Array(0);

/** Answers each block once it is whole in memory. */
export function serveBlocks(link: Link): void {
  link.serve(BLOCKS, () => NOTHING);
}

/** Blocks over a link, a fixed number under way, as a plugin that moves data sends them. */
export async function sendBlocks(
  link: Link,
  { blockBytes, forMs }: { readonly blockBytes: number; readonly forMs: number },
): Promise<Moved> {
  const block = Buffer.alloc(blockBytes, 7);
  const startedMs = performance.now();
  let moved = 0;
  const lane = async () => {
    while (performance.now() - startedMs < forMs) {
      await link.request(BLOCKS, { host: 'receiver' }, block);
      moved += blockBytes;
    }
  };
  await Promise.all(Array.from({ length: SHAPE.blocksInFlight }, lane));
  return { bytes: moved, elapsedMs: performance.now() - startedMs };
}
