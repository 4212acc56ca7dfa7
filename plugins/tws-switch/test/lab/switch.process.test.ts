import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { Production } from './production.ts';

/** All cases, again and again at random moments: `npm run soak -- tws-switch`. */
describe('Figure 3 runs every job exactly once', () => {
  let production: Production;

  beforeAll(async () => {
    production = await Production.start();
    console.log(`jobs are from ${production.source}`);
  });

  afterAll(async () => {
    await production?.down();
  });

  it.each(['kill-manager', 'switch-by-hand', 'pause-manager'])('%s', async (name) => {
    const { text, problems } = await play(production, name, Math.random);
    console.log(text);
    expect(problems, text).toEqual([]);
  });
});
