import type { World } from '@ftctl/sim';
import type { TwsNetwork } from './tws-network.ts';

const ID = 'tws-switch';

/**
 * One host loses its disk, or gets an older one back from a backup: it is
 * installed again under its old name. An operator looks, and lets it go on.
 */
export async function loseOneDisk(network: TwsNetwork): Promise<void> {
  const { world } = network;
  const random = world.random.fork('losses');
  const host = random.pick(network.hosts);
  const isRestore = random.chance(0.5);
  await world.sleep(random.between(500, 12_000));
  const backup = isRestore ? world.host(host).disk.backUp(ID) : undefined;
  await world.sleep(random.between(200, 6_000));
  world.history.record('loss', { host, restored: isRestore });
  world.host(host).crash({ power: true });
  network.rememberRuns(host);
  if (backup === undefined) {
    world.host(host).disk.wipe(ID);
    network.jobsOf(host).reinstall();
  } else world.host(host).disk.restore(ID, backup);
  await world.sleep(random.between(500, 4_000));
  world.host(host).restart();
  await world.sleep(25_000);
  letLaunch(network, host);
}

/** Held workstations are released on themselves, as an operator does who has looked at them. */
function letLaunch(network: TwsNetwork, host: string): void {
  for (const { name, node } of network.tree.topology.workstations.values()) {
    if (node === host) network.command(name, name, { c: 'unhold', ws: name });
  }
}

/** Attempts that a host ran and of which no other host knew when its disk was lost: these may run again. */
export function isForgiven(world: World, job: string, attempt: number): boolean {
  return world.history
    .of('loss.unknown')
    .some((entry) => entry.job === job && entry.attempt === attempt);
}
