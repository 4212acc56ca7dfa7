import { isFtError } from '@ftctl/sdk';
import { defineCase } from './case.ts';

const OWN_MB = 0.01;
const JOBS = 40;

/**
 * An agent with much to do is cut off until its own log is at its limit: it
 * launches nothing more, refuses what is asked for on it, and has told all that it
 * did when it is joined again.
 */
export const simulation = defineCase({
  file: 'agent-at-its-limit',
  ownMb: OWN_MB,
  async script(scene) {
    const { world, random, network, tree } = scene;
    const agents = [...tree.topology.workstations.values()].filter(
      ({ type, fullStatus }) => type === 'fta' && !fullStatus,
    );
    if (agents.length === 0) return;
    const { name: ws } = random.pick(agents);
    network.command(ws, ws, { c: 'limit', ws, limit: 2 });
    await world.run(500);
    for (let n = 0; n < JOBS; n += 1) {
      scene.submit(ws, 0.4);
      await world.run(20);
    }
    await world.run(300);
    scene.cutOff(ws);
    await scene.untilSoon(() => network.running(ws)?.ownLog.mayLaunch === false, `${ws} is full`);
    // What runs ends, and nothing else begins.
    await world.run(6_000);
    const ran = runs();
    await world.run(3_000);
    if (runs() > ran) world.problem(`${ws} launched ${runs() - ran} jobs although its log is full`);
    let refusedAs: string | undefined;
    for (let n = 0; n < JOBS && refusedAs === undefined; n += 1) {
      const asked = network.running(ws)?.ask(ws, { c: 'limit', ws, limit: 3 });
      refusedAs = await world.settle(
        Promise.resolve(asked).then(
          () => undefined,
          (error: unknown) => (isFtError(error) ? error.code : String(error)),
        ),
      );
    }
    if (refusedAs !== 'FT_TWS_OWN_LOG_FULL') world.problem(`asked when full: ${refusedAs}`);
    scene.join(ws);

    function runs(): number {
      const host = network.hostOf(ws);
      return world.history.of('job.ran').filter((entry) => entry.host === host).length;
    }
  },
  check: (scene) => scene.unrun(),
});
