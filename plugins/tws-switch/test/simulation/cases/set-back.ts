import { defineCase } from './case.ts';

const ID = 'tws-switch';
const TOLD = 3;
const ALONE = 6;

/**
 * The machine of an agent is set back to an earlier state, which its store cannot
 * notice, and says other things under the ids that the others know, before it
 * meets them again: by the checksum it is found out, and speaks as another from
 * then on.
 */
export const simulation = defineCase({
  file: 'set-back',
  async script(scene) {
    const { world, random, network, tree } = scene;
    const agents = network.present.filter(({ type }) => type === 'fta');
    const { name: ws } = random.pick(agents);
    const host = scene.host(ws);
    // All jobs have ended, so that nothing but its counter is set back.
    await world.run(20_000);
    const before = host.disk.backUp(ID);
    for (let n = 0; n < TOLD; n += 1) {
      network.command(ws, ws, { c: 'limit', ws, limit: 10 + n });
      await world.run(300);
    }
    await scene.untilSoon(() => limitAtManager() === 10 + TOLD - 1, 'the manager knows the limit');
    scene.cutOff(ws);
    host.crash({ power: true });
    if (before !== undefined) host.disk.setBack(ID, before);
    host.restart();
    await scene.untilSoon(() => scene.isUp(ws), `${ws} is up`);
    for (let n = 0; n < ALONE; n += 1) {
      await world.run(200);
      network.command(ws, ws, { c: 'limit', ws, limit: 20 + n });
    }
    scene.join(ws);
    const renewed = () => (network.running(ws)?.incarnation.learning ?? true) === false;
    await world.run(2_000);
    await scene.untilSoon(
      () => renewed() && network.running(ws)?.mailman.identity.inc === 2,
      `${ws} is another incarnation`,
    );

    function limitAtManager(): number | undefined {
      const part = network.partsOf(scene.manager(tree.domainOf(ws))).get(`cpu/${ws}`);
      return part?.kind === 'cpu' ? part.s?.limit : undefined;
    }
  },
});
