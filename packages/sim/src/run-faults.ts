import type { Fault, FaultPlan } from './faults.ts';
import type { SimHost } from './host.ts';
import type { World } from './world.ts';

/**
 * Lets a plan of faults happen while time passes, as far as the world's
 * reduction keeps it, then heals everything and lets the quiet time pass. What
 * else the simulation does beside it runs in code given to `world.spawn`.
 */
export async function runFaults(world: World, plan: FaultPlan): Promise<void> {
  const { faults, durationMs, quietMs } = world.extent.take(plan, world.now);
  for (const fault of faults) world.after(fault.atMs, () => inject(world, fault));
  await world.run(durationMs);
  healAll(world);
  await world.run(quietMs);
}

/**
 * Ends every fault there is: paths whole, disks writable, clocks right in their
 * speed, hosts running. The time of clocks and damaged records stay as they are.
 */
export function healAll(world: World): void {
  world.history.record('faults.healed');
  world.network.heal();
  world.network.setQuality(world.settings.path);
  for (const host of world.hosts) {
    world.network.refuse(host.name, false);
    host.disk.free();
    host.disk.release();
    host.disk.flushTime = world.settings.flushTime;
    host.driftClock(0);
    host.resume();
    for (const plugin of host.plugins) plugin.resume();
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

type End = (() => void) | undefined;

function begin(world: World, fault: Fault): End {
  switch (fault.kind) {
    case 'cut':
    case 'stall':
    case 'isolate':
    case 'refuse':
    case 'reset-storm':
    case 'bad-network':
    case 'bad-path':
    case 'narrow-path':
      return beginOnNetwork(world, fault);
    default:
      return beginOnHost(world.host(fault.host), fault);
  }
}

type NetworkFault = Extract<
  Fault,
  {
    readonly kind:
      | 'cut'
      | 'stall'
      | 'isolate'
      | 'refuse'
      | 'reset-storm'
      | 'bad-network'
      | 'bad-path'
      | 'narrow-path';
  }
>;

function beginOnNetwork(world: World, fault: NetworkFault): End {
  const { network, settings } = world;
  switch (fault.kind) {
    case 'cut': {
      const { one, other, how } = fault;
      network.cut(one, other, { silent: how !== 'reset', oneWay: how === 'one-way' });
      return () => network.heal(one, other);
    }
    case 'stall': {
      const { one, other } = fault;
      network.stall(one, other);
      return () => network.unstall(one, other);
    }
    case 'isolate':
      return isolate(world, fault.host, fault.how === 'silent');
    case 'refuse':
      network.refuse(fault.host, true);
      return () => network.refuse(fault.host, false);
    case 'reset-storm':
      return storm(world, fault.host, fault.everyMs);
    case 'bad-network': {
      const { loss, duplicate, delayMs } = fault;
      network.setQuality({ loss, duplicate, reorder: true, delayMs: [0.2, delayMs] });
      return () => network.setQuality(settings.path);
    }
    case 'bad-path': {
      const { one, other, oneWay, loss, duplicate, delayMs } = fault;
      const quality = { loss, duplicate, reorder: true, delayMs: [0.2, delayMs] as const };
      network.setQuality(quality, one, other, { oneWay });
      return () => network.setQuality(settings.path, one, other);
    }
    case 'narrow-path': {
      const { one, other, bytesPerMs } = fault;
      network.setQuality({ bytesPerMs }, one, other);
      return () => network.setQuality(settings.path, one, other);
    }
  }
}

function beginOnHost(host: SimHost, fault: Exclude<Fault, NetworkFault>): End {
  const { disk } = host;
  const restart = () => host.restart();
  switch (fault.kind) {
    case 'crash':
    case 'power-cut':
      host.crash({ power: fault.kind === 'power-cut' });
      return restart;
    case 'crash-in-step':
      return both(host.crashAtCall(fault.calls), restart);
    case 'crash-in-flush':
      return both(host.crashInFlush(fault.flushes, { power: fault.power }), restart);
    case 'crash-in-start':
      return crashInStart(host, fault.calls, fault.forMs);
    case 'crash-plugin': {
      const plugin = host.plugins[fault.nth % Math.max(1, host.plugins.length)];
      plugin?.crash();
      return () => {
        if (host.up) plugin?.start();
      };
    }
    case 'pause':
      host.pause();
      return () => host.resume();
    case 'pause-plugin': {
      const plugin = host.plugins[fault.nth % Math.max(1, host.plugins.length)];
      plugin?.pause();
      return () => plugin?.resume();
    }
    case 'disk-full':
      disk.fill();
      return () => disk.free();
    case 'disk-hang':
      disk.hold();
      return () => disk.release();
    case 'disk-slow':
      disk.flushTime = { minMs: fault.flushMs / 2, maxMs: fault.flushMs };
      return () => {
        disk.flushTime = host.world.settings.flushTime;
      };
    case 'corrupt-record':
      disk.corruptAt(fault.pick);
      return undefined;
    case 'clock-jump':
      host.jumpClock(fault.byMs);
      return undefined;
    case 'clock-drift':
      host.driftClock(fault.ppm);
      return () => host.driftClock(0);
  }
}

function both(first: () => void, then: () => void): () => void {
  return () => {
    first();
    then();
  };
}

/** Down for the first half of the time; then it starts, and dies while it does. */
function crashInStart(host: SimHost, calls: number, forMs: number): () => void {
  host.crash();
  let disarm: () => void = () => undefined;
  const again = host.world.after(forMs / 2, () => {
    host.restart();
    disarm = host.crashAtCall(calls);
  });
  return () => {
    again.cancel();
    disarm();
    host.restart();
  };
}

function storm(world: World, host: string, everyMs: number): () => void {
  let next = world.after(0, function again() {
    world.network.reset(host);
    next = world.after(everyMs, again);
  });
  return () => next.cancel();
}

function isolate(world: World, host: string, silent: boolean): () => void {
  const others = world.hosts.filter((other) => other.name !== host);
  for (const other of others) world.network.cut(host, other.name, { silent });
  return () => {
    for (const other of others) world.network.heal(host, other.name);
  };
}
