import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';
import type { Scene } from './scene.ts';

/** All misfortunes begin within this time. */
const BEGIN_MS = 8_000;
const MOST_AWAY_MS = 6_000;
const REQUESTS = 20;

/**
 * A host gets an empty or an older disk, and about then others are down or cut
 * off, somebody switches the manager or makes a plan, and requests go to and fro:
 * whatever only one of them had heard must be everywhere in the end.
 */
export const simulation = defineCase({
  file: 'lost-disk-and-more',
  shape: { domains: 2, fullStatus: 2 },
  async script(scene) {
    const { world, random, network, tree } = scene;
    scene.work(400);
    const names = network.present.map(({ name }) => name);
    const domain = random.pick(scene.domains);
    const core = tree.coreOf(domain);
    const unlucky = random.pick(random.chance(0.8) ? core : names);
    const misfortunes = [lose(scene, unlucky), ask(scene, names)];
    for (const ws of names) {
      // Its own domain has it worst.
      const chance = ws === unlucky ? 0 : core.includes(ws) ? 0.5 : 0.15;
      if (random.chance(chance)) misfortunes.push(beAway(scene, ws));
    }
    if (random.chance(0.5)) misfortunes.push(switchOnce(scene, random.pick(core)));
    if (random.chance(0.3)) misfortunes.push(planOnce(scene));
    for (const one of misfortunes) await world.settle(one);
    scene.reached('misfortunes', { unlucky, count: misfortunes.length });
    await world.run(2_000);
  },
});

async function lose({ world, random, network }: Scene, ws: string): Promise<void> {
  const isRestored = random.chance(0.6);
  const backupAgeMs = random.between(200, 6_000);
  const awayMs = random.between(500, 4_000);
  await world.sleep(random.between(0, BEGIN_MS));
  const how = isRestored ? { backupAgeMs, awayMs } : { awayMs };
  await loseDisk(network, network.hostOf(ws), how);
}

async function beAway(scene: Scene, ws: string): Promise<void> {
  const { world, random } = scene;
  const isDown = random.chance(0.6);
  const forMs = random.between(300, MOST_AWAY_MS);
  await world.sleep(random.between(0, BEGIN_MS));
  if (isDown) scene.host(ws).crash({ power: random.chance(0.5) });
  else scene.cutOff(ws);
  await world.sleep(forMs);
  if (isDown) scene.host(ws).restart();
  else scene.join(ws);
}

async function switchOnce({ world, random, network }: Scene, ws: string): Promise<void> {
  await world.sleep(random.between(0, BEGIN_MS));
  network.switchManager(ws);
}

async function planOnce(scene: Scene): Promise<void> {
  await scene.world.sleep(scene.random.between(0, BEGIN_MS));
  scene.ask({ c: 'jnextday' });
}

/** Limits and priorities that are asked for anywhere, of anybody. */
async function ask({ world, random, network }: Scene, names: readonly string[]): Promise<void> {
  for (let n = 0; n < REQUESTS; n += 1) {
    await world.sleep(random.between(0, (2 * BEGIN_MS) / REQUESTS));
    const [on, ws] = [random.pick(names), random.pick(names)];
    network.command(on, ws, { c: 'limit', ws, limit: 5 + n });
  }
}
