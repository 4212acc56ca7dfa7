import type { TwsNetwork } from './tws-network.ts';

/** Requests that are pending when all is quiet: each owner answers, whatever was lost on the way. */
export function unanswered(network: TwsNetwork): string[] {
  const lines: string[] = [];
  for (const { name, node } of network.tree.topology.workstations.values()) {
    if (node === undefined) continue;
    for (const part of network.partsOf(name).values()) {
      if (part.kind !== 'command' || part.answered) continue;
      lines.push(
        `unanswered: ${name} waits for ${part.owner} to answer ${part.command?.c} ${part.id}`,
      );
    }
  }
  return lines.slice(0, 5);
}
