import { expect, test } from 'vitest';
import {
  describeFailure,
  describeShrunk,
  type RunOutcome,
  runOnce,
  runSimulation,
  type Simulation,
  shrinkRun,
} from '../src/index.ts';
import { simulation as earlyAcknowledgement } from './fixtures/early-acknowledgement.ts';
import { ownStream } from './fixtures/own-stream.ts';
import { storeAndForward } from './fixtures/store-and-forward.ts';

/** Seeds within which the simulator must find a planted bug. */
const BOUND = 20;

/** On a machine that is busy with other things. */
const TIMEOUT_MS = 60_000;

/** Finds the bug, and makes the first run that shows it short. */
async function findAndShrink(simulation: Simulation<unknown>) {
  const report = await runSimulation(simulation, { seed: 1, runs: BOUND });
  const [found] = report.failures;
  if (found === undefined) throw new Error(`not found within ${BOUND} seeds`);
  const shrunk = await shrinkRun(
    (reduction) => runOnce(simulation, found.seed, { reduction }),
    found,
    { maxRuns: 200, maxMs: 40_000 },
  );
  return { found, shrunk };
}

function kindsOf(outcome: RunOutcome): string[] {
  return outcome.planned.filter(({ happens }) => happens).map(({ fault }) => fault.kind);
}

test(
  'a store-and-forward plugin that acknowledges before its commit is found out, by one crash',
  async () => {
    const { found, shrunk } = await findAndShrink(earlyAcknowledgement);
    expect(found.problems[0]).toMatch(/^lost: event \S+ was acknowledged once and took effect 0$/);
    const { outcome } = shrunk;
    expect(kindsOf(outcome)).toEqual([expect.stringMatching(/^(crash|power-cut)/)]);
    expect(outcome.problems[0]).toMatch(/^lost: /);
    expect(outcome.workDone).toBeLessThan(found.workDone);
    expect(outcome.virtualMs).toBeLessThan(found.virtualMs);
    // What is printed replays exactly, and reads as one short story.
    expect(await runOnce(earlyAcknowledgement, found.seed, outcome)).toEqual(outcome);
    const lines = describeShrunk('relay', shrunk).join('\n');
    expect(lines).toMatch(/ fault \d: at \d+(\.\d+)? ms: (crash|power-cut)/);
    expect(lines).toMatch(/replay: npm run sim -- relay --seed \d+ --keep-faults \d /);
    expect(describeFailure('relay', found)).toContain(`--seed ${found.seed}\n`);
  },
  TIMEOUT_MS,
);

test(
  'one whose receiver moves its position in a commit of its own applies twice, by one crash',
  async () => {
    const { found, shrunk } = await findAndShrink(ownStream('in a commit of its own'));
    expect(found.problems[0]).toMatch(/^twice: value \d+ was offered once and took effect at /);
    expect(kindsOf(shrunk.outcome)).toEqual([expect.stringMatching(/^crash/)]);
    expect(shrunk.outcome.problems[0]).toMatch(/^twice: /);
  },
  TIMEOUT_MS,
);

test(
  'the same two without their bugs are not',
  async () => {
    for (const good of [storeAndForward('after the commit'), ownStream('with the batch')]) {
      const report = await runSimulation(good, { seed: 1, runs: BOUND });
      expect(report.failures.map(({ seed, problems }) => [seed, problems[0]])).toEqual([]);
    }
  },
  TIMEOUT_MS,
);
