import { runOnce } from '@ftctl/sim';
import { expect, it } from 'vitest';
import { heldFinding } from '../../src/commands/held-finding.ts';
import { defineCase } from './cases/case.ts';
import { loseDisk } from './losses.ts';

it('names the full-status agents to bring back before a restored host launches again', async () => {
  const told: (string | undefined)[] = [];
  let names = { agent: '', away: '' };
  const simulation = defineCase({
    file: 'held-finding',
    shape: { domains: 2, fullStatus: 2 },
    async script(scene) {
      const { world, network, tree } = scene;
      const domain = scene.domains.find((one) => tree.plainOf(one).length > 0) ?? tree.root;
      const [agent = ''] = tree.plainOf(domain);
      const [away = ''] = scene.agents(domain);
      names = { agent, away };
      await world.run(3_000);
      const tell = () => {
        const station = network.running(agent);
        if (station !== undefined) told.push(heldFinding(station)?.action);
      };
      const connections = () => network.running(agent)?.sessions.status() ?? [];
      const isOpen = (ws: string) => connections().some(({ to, open }) => to === ws && open);
      tell();
      scene.host(away).crash({ power: false });
      await world.settle(loseDisk(network, network.hostOf(agent), { awayMs: 1_000 }));
      const isHeld = () => network.running(agent)?.desk.book.plan.cpu(agent).s?.held !== undefined;
      await scene.untilSoon(isHeld, 'it is held', 60_000);
      tell();
      scene.host(away).restart();
      await scene.untilSoon(() => isOpen(away), 'all are linked');
      tell();
    },
  });
  const { problems } = await runOnce(simulation, 1);
  expect(problems).toEqual([]);
  const { agent, away } = names;
  expect(told).toEqual([
    undefined,
    `bring back ${away}, who may know what has run here; \`ftctl tws unhold ${agent}\``,
    `\`ftctl tws unhold ${agent}\``,
  ]);
});
