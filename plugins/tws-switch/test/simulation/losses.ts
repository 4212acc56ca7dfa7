import type { World } from '@ftctl/sim';
import type { TwsNetwork } from './tws-network.ts';

const ID = 'tws-switch';

export interface DiskLoss {
  /** Age of the backup that takes its place; without it the new disk is empty. */
  readonly backupAgeMs?: number;
  /** Until the host is there again. */
  readonly awayMs: number;
}

/** One host loses its disk, or gets an older one back from a backup, and is installed again under its old name. */
export async function loseDisk(
  network: TwsNetwork,
  host: string,
  { backupAgeMs, awayMs }: DiskLoss,
): Promise<void> {
  const { world } = network;
  const { disk } = world.host(host);
  const backup = backupAgeMs === undefined ? undefined : disk.backUp(ID);
  await world.sleep(backupAgeMs ?? 0);
  world.history.record('loss', { host, restored: backup !== undefined });
  world.host(host).crash({ power: true });
  network.rememberRuns(host);
  if (backup === undefined) {
    disk.wipe(ID);
    network.jobsOf(host).reinstall();
  } else disk.restore(ID, backup);
  await world.sleep(awayMs);
  world.host(host).restart();
}

/** Some host loses its disk at some time. An operator looks, and lets it go on. */
export async function loseOneDisk(network: TwsNetwork): Promise<void> {
  const { world } = network;
  const random = world.random.fork('losses');
  const host = random.pick(network.hosts);
  const isRestore = random.chance(0.5);
  await world.sleep(random.between(500, 12_000));
  const ageMs = random.between(200, 6_000);
  if (!isRestore) await world.sleep(ageMs);
  await loseDisk(network, host, {
    ...(isRestore ? { backupAgeMs: ageMs } : {}),
    awayMs: random.between(500, 4_000),
  });
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
