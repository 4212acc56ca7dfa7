/**
 * Bytes on a simulated disk whose checksum no longer fits. A record or value is
 * the same array in every view of a store, so it is marked once for all.
 */
const damaged = new WeakSet<Uint8Array>();
/** Nearly always false, which spares every read a look-up. */
let isAnyDamaged = false;

export function damage(bytes: Uint8Array): void {
  damaged.add(bytes);
  isAnyDamaged = true;
}

export function isDamaged(bytes: Uint8Array): boolean {
  return isAnyDamaged && damaged.has(bytes);
}

export function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let start = 0; start + part.length <= bytes.length; start += 1) {
    if (part.every((byte, index) => bytes[start + index] === byte)) return true;
  }
  return false;
}
