import type { Workstation } from '../../src/workstation.ts';
import type { TwsNetwork } from './tws-network.ts';

const WATCH_MS = 25;

/**
 * Looks at who acts, at whatever moment: in a domain that switches by itself
 * never two at once, and none by an older epoch than one that was acted by; in
 * no domain two by epochs of one number, unless an operator forced a switch.
 */
export function watchManagers(network: TwsNetwork): void {
  const { world, tree } = network;
  const domains = [...tree.topology.domains.values()].map(({ name, automaticSwitch }) => ({
    name,
    automaticSwitch,
    owners: new Map<number, string>(),
    highest: 0,
  }));
  const told = new Set<string>();
  const tell = (problem: string) => {
    if (!told.has(problem)) world.problem(problem);
    told.add(problem);
  };
  const look = () => {
    for (const domain of domains) {
      const { name, automaticSwitch, owners } = domain;
      const acting = network.acting(name);
      if (automaticSwitch && acting.length > 1) {
        tell(`two: ${acting.join(' and ')} act as manager of ${name}`);
      }
      for (const { desk } of runningOf(network, acting)) {
        const { number, owner } = desk.roles.epochOf(name);
        const other = owners.get(number) ?? owner;
        owners.set(number, owner);
        if (owner !== other && !network.isForced(name)) {
          tell(`epoch: number ${number} of ${name} belongs to ${other} and to ${owner}`);
        }
        if (automaticSwitch && number < domain.highest) {
          tell(`epoch: ${owner} acts by number ${number} of ${name} after ${domain.highest}`);
        }
        domain.highest = Math.max(domain.highest, number);
      }
    }
    world.after(WATCH_MS, look);
  };
  look();
}

function runningOf(network: TwsNetwork, names: readonly string[]): readonly Workstation[] {
  return names.flatMap((ws) => network.running(ws) ?? []);
}
