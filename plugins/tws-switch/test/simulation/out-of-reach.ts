import type { World } from '@ftctl/sim';

/**
 * Whether two hosts could not talk to each other at any moment of a time: one of
 * them was down, or what connects them was cut. By what the simulation has done alone.
 */
export function wereApart(
  world: World,
  [one, other]: readonly [string, string],
  fromMs: number,
  toMs: number,
): boolean {
  const down = new Set<string>();
  let isCut = false;
  const isApart = () => isCut || down.has(one) || down.has(other);
  const isPair = (a: unknown, b: unknown) =>
    (a === one && b === other) || (a === other && b === one);
  for (const { at, kind, host, one: a, other: b } of world.history.entries) {
    if (at > toMs) break;
    // As it was until now.
    if (at > fromMs && !isApart()) return false;
    if (kind === 'host.crash' || kind === 'plugin.crash') down.add(String(host));
    else if (kind === 'plugin.started') down.delete(String(host));
    else if (kind === 'net.cut' && isPair(a, b)) isCut = true;
    else if (kind === 'net.heal' && (a === '*' || isPair(a, b))) isCut = false;
  }
  return isApart();
}
