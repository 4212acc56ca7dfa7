import { defineCase } from './case.ts';
import type { Scene } from './scene.ts';

/** A mirror of the plan beside each host that may be the master, through crashes, switches and new plans. */
export const simulation = defineCase({
  file: 'mirrored',
  shape: { fullStatus: 2, leastFullStatus: 1 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    network.mirror();
    scene.work();
    const core = tree.coreOf(tree.root);
    for (let step = 0; step < 5; step += 1) {
      await world.run(random.between(200, 3_000));
      const host = scene.host(random.pick(core));
      const what = random.pick([
        'crash',
        'power',
        'step',
        'step',
        'mirror',
        'switch',
        'plan',
      ] as const);
      scene.reached(what, { host: host.name });
      if (what === 'crash' || what === 'power') {
        host.crash({ power: what === 'power' });
        await world.run(random.between(0, 1_000));
        host.restart();
      } else if (what === 'step') {
        // Between any two of its steps, so also between two commits.
        const plugin = host.plugin('tws-switch');
        const disarm = plugin.crashAtCall(1 + random.int(200));
        await world.run(random.between(500, 1_500));
        disarm();
        plugin.start();
      } else if (what === 'mirror') {
        const plugin = host.plugin('follower');
        plugin.crash();
        await world.run(random.between(0, 500));
        plugin.start();
      } else if (what === 'switch') {
        await scene.switchTo(await scene.candidate(tree.root));
      } else await scene.nextPlan();
    }
    await world.run(3_000);
  },
  check: (scene) => mirrorDiffers(scene),
});

function mirrorDiffers({ network, tree, world }: Scene): readonly string[] {
  const master = network.managerOf(tree.root);
  const mirrored = network.mirrored(master)?.plan;
  if (mirrored === undefined) return [`mirror: ${master} has none that follows it`];
  const lines = tree.coreOf(tree.root).flatMap((ws) => network.mirrored(ws)?.wrong ?? []);
  if ((network.mirrored(master)?.checks ?? 0) === 0)
    lines.push(`mirror: ${master} checked nothing`);
  const parts = network.partsOf(master);
  for (const [key, part] of parts) {
    if (part.kind === 'command') continue;
    const found = mirrored.part(part.kind === 'cpu' ? `cpu/${part.id}` : `${part.kind}/${part.id}`);
    if (JSON.stringify(sorted(found)) === JSON.stringify(sorted(part))) continue;
    lines.push(`mirror: ${key} is ${JSON.stringify(found)} and not ${JSON.stringify(part)}`);
  }
  for (const part of mirrored.parts()) {
    if (part.kind !== 'command' && !parts.has(`${part.kind}/${part.id}`)) {
      lines.push(`mirror: ${part.kind}/${part.id} is there no more`);
    }
  }
  // A jump of a clock is no reason for a copy; the faults above are.
  const steps = world.history.of('plugin.started').length + world.history.of('case.plan').length;
  const loads = tree.coreOf(tree.root).map((ws) => network.mirrored(ws)?.loads ?? 0);
  const most = Math.max(...loads);
  if (most > 5 * steps) lines.push(`mirror: ${most} copies loaded`);
  return lines.slice(0, 5);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
