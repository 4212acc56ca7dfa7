import { parseDefinitions } from '@ftctl/plan/files';
import { defineCase } from './case.ts';

/**
 * An operator gives the master another plan file; then the master is lost for
 * ever, and whoever takes its place makes plans by that file, which was never on
 * its host.
 */
export const simulation = defineCase({
  file: 'new-definitions',
  async script(scene) {
    const { world, random, network, tree } = scene;
    const old = scene.manager(tree.root);
    const agent = random.pick(network.present.filter(({ name }) => name !== old)).name;
    const text = `streams:\n  ${agent}#OTHER:\n    jobs: { A: sleep 0.1 }\n`;
    const other = parseDefinitions(text, 'other.yaml', tree.topology);
    network.plugin(old).process.enter('delivery', () => {
      void network.running(old)?.definitions.set(other);
    });
    await world.run(100);
    await scene.nextPlan();
    await world.run(random.between(0, 2_000));
    scene.lose(old);
    await scene.switchTo(await scene.candidate(tree.root), true);
    await scene.nextPlan();
    const manager = scene.manager(tree.root);
    if (!network.partsOf(manager).has(`stream/${agent}#OTHER.${scene.run}`)) {
      world.problem(`${manager} did not plan by what the lost master was given`);
    }
  },
});
