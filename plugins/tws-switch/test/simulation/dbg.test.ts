import { World } from '@ftctl/sim';
import { it } from 'vitest';
import { simulation } from '../simulation.ts';

it('x', async () => {
  const seed = Number(process.env.SEED ?? 1);
  const world = new World({ seed });
  const { network } = (await simulation.run(world)) as any;
  for (const h of network.hosts) {
    console.log(
      h,
      JSON.stringify(
        world
          .host(h)
          .plugin('tws-switch')
          .captured.lines.filter((l: any) => true)
          .slice(0, 8)
          .map((l: any) => `${l.at.toFixed(0)} ${l.text}`),
      ),
    );
  }
  console.log(simulation.check(world, { network } as any));
});
