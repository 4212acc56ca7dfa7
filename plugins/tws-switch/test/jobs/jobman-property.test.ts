import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attemptName } from '../../src/core/jobman/attempt.ts';
import { ModelHost } from './model-host.ts';

const pick = fc.nat(20);

/** What may happen next; each is weighted as often as it happens. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ what: 'submit' } as const) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('kill' as const), pick }) },
  { weight: 6, arbitrary: fc.constant({ what: 'flush' } as const) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('launcher' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('launcher-dies' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('look' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('repeat' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('crash' as const),
      kept: fc.nat(4),
      power: fc.boolean(),
    }),
  },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function happen(host: ModelHost, next: Happening): void {
  if (next.what === 'submit') host.submit();
  else if (next.what === 'kill') host.kill(next.pick);
  else if (next.what === 'flush') host.flush();
  else if (next.what === 'launcher') host.launcherStep(next.pick);
  else if (next.what === 'launcher-dies') host.launcherDies(next.pick);
  else if (next.what === 'look') host.look(next.pick);
  else if (next.what === 'repeat') host.repeat(next.pick);
  else host.crash(next.kept, next.power);
}

it('starts each attempt at most once, never without its intent, and ends each in one outcome', () => {
  const seen = { starts: 0, voids: 0, unknowns: 0, ends: 0 };
  fc.assert(
    fc.property(
      fc.array(happening, { minLength: 30, maxLength: 120, size: 'max' }),
      (happenings) => {
        const host = new ModelHost();
        for (const next of happenings) happen(host, next);
        host.settleAll();
        expect(host.wrong).toEqual([]);
        expect([...host.starts].filter(([, times]) => times > 1)).toEqual([]);
        expect([...host.attempts.values()].filter(({ ran }) => ran > 1)).toEqual([]);
        // No job runs twice, for only what did not run is launched again.
        const ran = [...host.attempts.values()].filter((attempt) => attempt.ran > 0);
        expect(new Set(ran.map(({ job }) => job)).size).toBe(ran.length);
        // Every intent that ever got on disk has one last outcome, and at most one `running`.
        expect(host.disk.rows.size).toBe(0);
        const last = new Map<string, string[]>();
        for (const outcome of host.disk.outcomes) {
          const name = `${attemptName(outcome)} ${outcome.kind === 'running' ? 'runs' : 'over'}`;
          last.set(name, [...(last.get(name) ?? []), outcome.kind]);
        }
        expect([...last].filter(([, kinds]) => kinds.length > 1)).toEqual([]);
        for (const attempt of host.attempts.values()) {
          const outcome = last.get(`${attemptName(attempt)} over`)?.[0];
          expect(outcome, attemptName(attempt)).toBeDefined();
          // What ran is never told as what did not.
          if (attempt.ran > 0) expect(['ended', 'unknown']).toContain(outcome);
        }
        seen.starts += host.starts.size;
        for (const [, [kind]] of last) {
          if (kind === 'void') seen.voids += 1;
          if (kind === 'unknown') seen.unknowns += 1;
          if (kind === 'ended') seen.ends += 1;
        }
      },
    ),
    { numRuns: 1_000 },
  );
  // The property is about something: each way to end has been met.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(50);
});
