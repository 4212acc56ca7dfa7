import { defineCase } from './case.ts';

const SWITCHES = 6;
/** More calls to store, link and clock than either manager makes during a switch. */
const MOST_CALLS = 60;
const MOST_FLUSHES = 6;

/** Either manager, the old one or the new, dies at any step of a switch: at a call or in a flush. */
export const simulation = defineCase({
  file: 'switch-steps',
  async script(scene) {
    const { world, random } = scene;
    scene.work();
    for (let n = 0; n < SWITCHES; n += 1) {
      const domain = random.pick(scene.domains);
      await scene.untilSoon(() => scene.network.acting(domain).length > 0, 'somebody manages');
      const old = scene.manager(domain);
      const next = await scene.candidate(domain);
      const dying = random.pick([old, next]);
      const step = random.chance(0.7)
        ? { calls: 1 + random.int(MOST_CALLS) }
        : { flushes: 1 + random.int(MOST_FLUSHES), power: random.chance(0.5) };
      const disarm =
        'calls' in step
          ? scene.host(dying).crashAtCall(step.calls)
          : scene.host(dying).crashInFlush(step.flushes, { power: step.power });
      scene.reached('switch', { from: old, to: next, dying, ...step });
      scene.network.switchManager(next);
      await world.run(random.between(500, 4_000));
      disarm();
      if (!scene.host(dying).up)
        scene.reached('died', { dying, as: dying === old ? 'old' : 'new' });
      scene.host(dying).restart();
    }
  },
});
