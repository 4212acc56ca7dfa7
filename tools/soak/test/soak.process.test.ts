import { expect, it } from 'vitest';
import { parseOptions } from '../src/options.ts';
import { SOAKS } from '../src/registry.ts';
import { storeFlip } from '../src/store-flip/store-flip.ts';
import { storeKill } from '../src/store-kill/store-kill.ts';
import { cutPower } from '../src/store-power/store-power.ts';
import { recordingObstacle } from '../src/store-power/trace.ts';

// Small numbers of what `npm run soak` does by the thousand.
const KILLS = 15;
const FLIPS = 40;
const COMMITS = 6;

const options = {
  seed: 1 + Math.floor(Math.random() * 1_000_000),
  deadline: Number.POSITIVE_INFINITY,
  progress: () => undefined,
};
const replay = `seed ${options.seed}`;

it(`${KILLS} kills of a writer lose nothing, and readers see nothing that is lost`, async () => {
  const { counts, problems } = await storeKill.run({ ...options, count: KILLS });
  expect(problems, replay).toEqual([]);
  expect(counts.kills).toBe(KILLS);
  expect(counts['commits acknowledged']).toBeGreaterThan(KILLS);
});

it(`${FLIPS} flipped bits lead to no wrong data, and are told where they damage something`, async () => {
  const { counts, problems } = await storeFlip.run({ ...options, count: FLIPS });
  expect(problems, replay).toEqual([]);
  expect(counts['told when read']).toBeGreaterThan(0);
});

it('a power cut at any point of a recorded run loses nothing acknowledged', async (context) => {
  const obstacle = recordingObstacle();
  if (obstacle !== undefined) context.skip(obstacle);
  const { counts, problems } = await cutPower({ ...options, count: 1, commits: COMMITS });
  expect(problems, replay).toEqual([]);
  expect(counts['stores opened']).toBeGreaterThan(COMMITS);
});

it('a store that acknowledges before its flush has ended is found out', async (context) => {
  const obstacle = recordingObstacle();
  if (obstacle !== undefined) context.skip(obstacle);
  const { problems } = await cutPower({
    ...options,
    count: 1,
    commits: COMMITS,
    // Each acknowledgement where the flush that it waited for had just begun.
    tamper: (events) => {
      const early = [...events];
      for (const [index, event] of events.entries()) {
        if (event.kind !== 'acknowledged') continue;
        const begin = events.findLastIndex((one, at) => at < index && one.kind === 'flush-begins');
        early.splice(early.indexOf(event), 1);
        early.splice(begin, 0, event);
      }
      return early;
    },
  });
  expect(problems.join('\n')).toMatch(/was acknowledged, it comes up with/);
});

it('reads its command line', () => {
  const chosen = parseOptions(['store-kill', '--kills', '3', '--minutes', '2', '--json'], SOAKS);
  expect(chosen).toMatchObject({ count: 3, minutes: 2, seed: 1, json: true });
  expect(parseOptions(['store-power'], SOAKS).count).toBe(20);
  expect(() => parseOptions(['store-none'], SOAKS)).toThrow('give the name of one: store-kill, ');
  expect(() => parseOptions(['store-kill', '--kills', '0'], SOAKS)).toThrow(
    '--kills takes a whole',
  );
});
