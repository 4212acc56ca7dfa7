import { runOnce } from '@ftctl/sim';
import { expect, it } from 'vitest';
import type { Plant } from '../tws-network.ts';
import { bareHighestId } from './bare-highest-id.ts';
import { launchBeforeIntent } from './launch-before-intent.ts';
import { liveBeforeReplay } from './live-before-replay.ts';
import {
  backBehindGap,
  deathBehindHangingDisk,
  type Script,
  switchBehindCut,
  voteTwice,
} from './scripts.ts';
import { votesNotStored } from './votes-not-stored.ts';

/** Seeds within which a planted bug must show. */
const BOUND = 10;

const PLANTS: readonly (readonly [string, Plant, Script, RegExp])[] = [
  ['live before replay', liveBeforeReplay, switchBehindCut, /^copy: |^unanswered: /],
  ['votes not stored', votesNotStored, voteTwice, / act as manager of | belongs to /],
  ['launch before intent', launchBeforeIntent, deathBehindHangingDisk, /^twice: /],
  ['a counter as a bare highest id', bareHighestId, backBehindGap, /^copy: |^unfinished: /],
];

it.each(PLANTS)('%s is found out', async (_name, plant, script, symptom) => {
  for (let seed = 1; seed <= BOUND; seed += 1) {
    const { problems } = await runOnce(script(plant), seed);
    if (problems.length === 0) continue;
    expect(problems.join('\n')).toMatch(symptom);
    // The script alone is no fault.
    expect((await runOnce(script(), seed)).problems).toEqual([]);
    return;
  }
  expect.unreachable(`not found within ${BOUND} seeds`);
});
