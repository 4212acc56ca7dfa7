import type { TwsNetwork } from './tws-network.ts';

/** Requests that are pending when all is quiet: each owner answers, whatever was lost on the way. */
export function unanswered(network: TwsNetwork): string[] {
  const lines: string[] = [];
  for (const { name } of network.present) {
    for (const part of network.partsOf(name).values()) {
      if (part.kind !== 'command' || part.answered) continue;
      // A host that was lost for ever answers nothing, and not all that it asked for came out of it.
      if (network.isLost(part.owner ?? name) || network.isLost(part.of.ws)) continue;
      lines.push(
        `unanswered: ${name} waits for ${part.owner} to answer ${part.command?.c} ${part.id}`,
      );
    }
  }
  return lines.slice(0, 5);
}
