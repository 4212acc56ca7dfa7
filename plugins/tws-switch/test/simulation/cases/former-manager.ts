import { loseDisk } from '../losses.ts';
import { defineCase } from './case.ts';

const JOBS = 6;

/**
 * A manager runs jobs while its full-status agent is cut off, and gets an older
 * disk; before it is back, the agent has taken its place. What ran is known in the
 * domain above alone, and must not run again.
 */
export const simulation = defineCase({
  file: 'former-manager',
  shape: { domains: 1, fullStatus: 1, plain: 1 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network } = scene;
    const manager = scene.manager();
    const agent = await scene.candidate();
    await world.run(random.between(2_000, 6_000));
    const lost = loseDisk(network, network.hostOf(manager), {
      backupAgeMs: random.between(4_000, 5_000),
      awayMs: random.between(6_000, 8_000),
    });
    scene.cutOff(agent, [network.hostOf(manager)]);
    for (let n = 0; n < JOBS; n += 1) {
      scene.submit(manager, 0.2);
      await world.run(300);
    }
    await world.run(4_000);
    scene.join(agent);
    await scene.switchTo(agent, true);
    await world.settle(lost);
    scene.reached('renewed', { manager, agent });
    await world.run(3_000);
  },
});
