import type { Fault, FaultPlan } from './faults.ts';
import type { World } from './world.ts';

/**
 * Lets a plan of faults happen while time passes, then heals everything and
 * lets the quiet time pass. What else the simulation does beside it runs in
 * code given to `world.spawn`.
 */
export async function runFaults(world: World, plan: FaultPlan): Promise<void> {
  for (const fault of plan.faults) world.after(fault.atMs, () => inject(world, fault));
  await world.run(plan.durationMs);
  healAll(world);
  await world.run(plan.quietMs);
}

/** Ends every fault there is: paths whole, disks writable, hosts running. Clocks stay as they are. */
export function healAll(world: World): void {
  world.history.record('faults.healed');
  world.network.heal();
  world.network.setQuality(world.settings.path);
  for (const host of world.hosts) {
    host.disk.free();
    host.disk.release();
    host.resume();
    host.restart();
  }
}

/** Begins a fault, and ends it when its time is over. */
export function inject(world: World, fault: Fault): void {
  const { kind, atMs: _planned, ...fields } = fault;
  world.history.record(`faults.${kind}`, fields);
  const end = begin(world, fault);
  if (end !== undefined && 'forMs' in fault) world.after(fault.forMs, end);
}

function begin(world: World, fault: Fault): (() => void) | undefined {
  switch (fault.kind) {
    case 'crash':
    case 'power-cut': {
      const host = world.host(fault.host);
      host.crash({ power: fault.kind === 'power-cut' });
      return () => host.restart();
    }
    case 'crash-in-step': {
      const host = world.host(fault.host);
      const disarm = host.crashAtCall(fault.calls);
      return () => {
        disarm();
        host.restart();
      };
    }
    case 'pause': {
      const host = world.host(fault.host);
      host.pause();
      return () => host.resume();
    }
    case 'cut': {
      const { one, other, how } = fault;
      world.network.cut(one, other, { silent: how !== 'reset', oneWay: how === 'one-way' });
      return () => world.network.heal(one, other);
    }
    case 'isolate':
      return isolate(world, fault.host, fault.how === 'silent');
    case 'disk-full': {
      const { disk } = world.host(fault.host);
      disk.fill();
      return () => disk.free();
    }
    case 'disk-hang': {
      const { disk } = world.host(fault.host);
      disk.hold();
      return () => disk.release();
    }
    case 'clock-jump':
      world.host(fault.host).jumpClock(fault.byMs);
      return undefined;
    case 'bad-network': {
      const { loss, duplicate, delayMs } = fault;
      world.network.setQuality({ loss, duplicate, reorder: true, delayMs: [0.2, delayMs] });
      return () => world.network.setQuality(world.settings.path);
    }
  }
}

function isolate(world: World, host: string, silent: boolean): () => void {
  const others = world.hosts.filter((other) => other.name !== host);
  for (const other of others) world.network.cut(host, other.name, { silent });
  return () => {
    for (const other of others) world.network.heal(host, other.name);
  };
}
