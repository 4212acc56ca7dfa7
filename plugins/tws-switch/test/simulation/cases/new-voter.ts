import { votersOf } from '@ftctl/plan';
import { defineCase } from './case.ts';

/**
 * A workstation of another domain is named as a voter while the network runs; then
 * the manager dies, and without the new voter there is no majority. Some of the
 * voters were restarted in between.
 */
export const simulation = defineCase({
  file: 'new-voter',
  automaticSwitch: true,
  shape: { domains: 2, plain: 1 },
  async script(scene) {
    const { world, random, network, tree, domain } = scene;
    scene.work();
    const old = votersOf(tree, domain);
    const others = network.present.filter(({ name }) => !old.includes(name));
    const { name: added } = random.pick(others);
    await scene.untilSoon(() => network.acting(domain).length > 0, 'somebody manages');
    network.changeVoters(domain, { add: added });
    await scene.untilSoon(
      () => network.running(added)?.desk.roles.votersOf(domain)?.voters.includes(added) ?? false,
      `${added} votes on ${domain}`,
    );
    await world.run(2_000);
    if (random.chance(0.5)) {
      scene.host(added).crash({ power: random.chance(0.5) });
      await world.run(random.between(0, 500));
      scene.host(added).restart();
      await scene.untilSoon(() => scene.isUp(added), `${added} is up`);
      await world.run(2_000);
    }
    const manager = scene.manager(domain);
    scene.reached('added', { added, voters: old, manager });
    // Of four voters three are a majority: all that are left.
    scene.host(manager).crash({ power: true });
    await scene.untilSoon(
      () => network.acting(domain).some((ws) => ws !== manager),
      `another manages ${domain} by the vote of ${added}`,
    );
    scene.host(manager).restart();
  },
});
