import type { MirrorStatus } from '../mirror.ts';

/** While readers are answered from memory, nobody counts its changes: they read again so often. */
const SYMPHONY_EVERY_MS = 2_000;

/** Changes whenever an answer may be another one. */
export function versionOf(
  { phase, copy, lanes, applied }: MirrorStatus,
  source: { readonly from: string },
  nowMs: number,
): string {
  const position = source.from === 'mirror' ? applied : Math.floor(nowMs / SYMPHONY_EVERY_MS);
  const isBehind = lanes.some(({ lag }) => lag > 0);
  return [phase, copy?.epoch, copy?.syncid, source.from, position, isBehind].join('/');
}
