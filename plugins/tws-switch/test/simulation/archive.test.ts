import { runOnce } from '@ftctl/sim';
import { expect, it } from 'vitest';
import { defineCase } from './cases/case.ts';

it('keeps what a newer plan has left behind, on the master and on its full-status agents', async () => {
  const archived: string[] = [];
  const simulation = defineCase({
    file: 'archive',
    async script(scene) {
      const { world, network, tree } = scene;
      const name = scene.submit(tree.root === scene.domain ? 'MASTER' : scene.manager(), 0.1);
      await world.run(10_000);
      await scene.nextPlan();
      for (const ws of tree.coreOf(tree.root)) {
        const book = network.running(ws)?.desk.book;
        for (const part of book?.archived().parts() ?? []) {
          const isInPlan = book?.plan.part(`${part.kind}/${part.id}`) !== undefined;
          if (part.kind === 'job' && part.def?.name === name && !isInPlan) {
            archived.push(`${ws} ${part.s?.state}`);
          }
        }
      }
    },
  });
  const { problems } = await runOnce(simulation, 3);
  expect(problems).toEqual([]);
  expect(archived).toEqual(expect.arrayContaining(['MASTER SUCC', 'RS1 SUCC']));
});
