import { defineCase } from './case.ts';

const JOBS = 3;

/**
 * A full-status agent is down when a plan is made, and takes it by a copy after
 * jobs were submitted into it. It becomes manager, and an agent that was cut off
 * since it had fetched that plan must hear of them.
 */
export const simulation = defineCase({
  file: 'submitted-late',
  shape: { domains: 1, fullStatus: 1, plain: 2 },
  automaticSwitch: false,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const manager = scene.manager();
    const agent = await scene.candidate();
    const [ws] = random.shuffle(tree.plainOf(scene.domain));
    if (ws === undefined) return;
    scene.host(agent).crash();
    await scene.nextPlan();
    scene.cutOff(ws);
    for (let n = 0; n < JOBS; n += 1) {
      scene.submit(ws);
      await world.run(200);
    }
    scene.host(agent).restart();
    await scene.untilSoon(() => network.runOf(agent) === scene.run, `${agent} has the plan`);
    await scene.switchTo(agent, true);
    scene.host(manager).crash();
    scene.join(ws);
    scene.reached('switched', { agent, ws });
    await world.run(5_000);
    scene.host(manager).restart();
    await world.run(2_000);
  },
});
