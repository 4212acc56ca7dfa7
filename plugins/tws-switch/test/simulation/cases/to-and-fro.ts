import { defineCase } from './case.ts';

const SWITCHES = 50;

/** Fifty switches to and fro while jobs run. */
export const simulation = defineCase({
  file: 'to-and-fro',
  async script(scene) {
    const { world, random } = scene;
    scene.work();
    for (let n = 0; n < SWITCHES; n += 1) {
      const next = random.pick(scene.agents());
      await scene.switchTo(next);
      scene.reached('switched', { to: next });
      await world.run(random.between(0, 300));
    }
  },
});
