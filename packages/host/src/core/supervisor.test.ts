import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownState } from './shown-state.ts';
import { SUPERVISION_TIMES, type Supervised, type SupervisorInput } from './supervision-types.ts';
import { supervise, superviseStep } from './supervisor.ts';

/** The numbers in the scripts below are written for these. */
const times = { ...SUPERVISION_TIMES, marginMs: 1_000 };
const limits = { startMs: 10_000, drainMs: 5_000, restarts: { count: 3, windowMs: 300_000 } };

/**
 * Plays a script: a line is `time input [pid]`; the answer has one line per
 * step with the phase that follows and the effects, `tell` by message id.
 */
function play(script: string): string {
  let state: Supervised = supervise('probe', limits, times);
  const out: string[] = [];
  for (const line of script.trim().split('\n')) {
    const step = superviseStep(state, parse(line.trim()));
    state = step.state;
    const effects = step.effects.map((effect) => {
      if (effect.type === 'tell') return effect.message.id;
      if (effect.type === 'wake') return `wake@${effect.at ?? '-'}`;
      return effect.type;
    });
    out.push([state.phase.name, ...effects].join(' '));
  }
  return out.join('\n');
}

function parse(line: string): SupervisorInput {
  const [time, type, ...rest] = line.split(' ');
  const at = Number(time);
  const pid = Number(rest[0]);
  switch (type) {
    case 'run':
    case 'restart':
      return { at, type, limits };
    case 'found':
      return { at, type, pid, ready: rest[1] === 'ready', ...(rest[2] ? { misfit: rest[2] } : {}) };
    case 'spawned':
    case 'ready':
    case 'silent':
      return { at, type, pid };
    case 'exited':
      return { at, type, pid, why: 'exit code 1' };
    case 'health':
      return { at, type, pid, health: { state: rest[1] as 'ok' | 'failed' | 'degraded' } };
    case 'block':
    case 'spawn-failed':
      return { at, type, why: 'no such file' };
    case 'stop':
    case 'tick':
      return { at, type };
    default:
      throw new Error(`no such input: ${line}`);
  }
}

const expectPlay = (script: string, result: string) =>
  expect(play(script)).toBe(
    result
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .join('\n'),
  );

test('a plugin starts, is asked for its health, and stops in order', () => {
  expectPlay(
    `0 run
     5 spawned 7
     200 ready 7
     200 tick
     210 health 7 ok
     2210 tick
     2220 health 7 degraded
     3000 stop
     3100 exited 7`,
    `spawning spawn
     starting wake@11005
     running FTHO010I wake@200
     running ask wake@-
     running wake@2210
     running ask wake@-
     running FTHO030W wake@4220
     ending stop wake@9000
     idle FTHO013I wake@-`,
  );
});

test('crashes wait longer each time; the third in the window leads to quarantine', () => {
  expectPlay(
    `0 run
     0 spawned 1
     100 exited 1
     200 tick
     350 tick
     350 spawned 2
     400 ready 2
     1000 exited 2
     1500 tick
     1500 spawned 3
     1600 exited 3
     9999999 tick
     9999999 restart
     9999999 spawned 4`,
    `spawning spawn
     starting wake@11000
     waiting FTHO020W wake@350
     waiting
     spawning spawn wake@-
     starting wake@11350
     running FTHO010I wake@400
     waiting FTHO020W wake@1500
     spawning spawn wake@-
     starting wake@12500
     quarantined FTHO021E wake@-
     quarantined
     spawning spawn
     starting wake@10010999`,
  );
});

test('crashes outside the window do not count', () => {
  expectPlay(
    `0 run
     0 spawned 1
     100 exited 1
     350 tick
     350 spawned 2
     400 exited 2
     900 tick
     900 spawned 3
     300400 exited 3`,
    `spawning spawn
     starting wake@11000
     waiting FTHO020W wake@350
     spawning spawn wake@-
     starting wake@11350
     waiting FTHO020W wake@900
     spawning spawn wake@-
     starting wake@11900
     waiting FTHO020W wake@300650`,
  );
});

test('a plugin that does not answer is killed and replaced', () => {
  expectPlay(
    `0 run
     0 spawned 1
     0 ready 1
     0 tick
     3000 silent 1
     3000 tick
     3000 health 1 ok
     5000 tick
     8000 silent 1
     8000 tick
     11000 silent 1
     11000 tick
     14000 silent 1
     19000 tick
     19100 exited 1
     19350 tick`,
    `spawning spawn
     starting wake@11000
     running FTHO010I wake@0
     running ask wake@-
     running wake@3000
     running ask wake@-
     running wake@5000
     running ask wake@-
     running wake@8000
     running ask wake@-
     running wake@11000
     running ask wake@-
     ending kill FTHO022W wake@19000
     ending kill wake@24000
     waiting FTHO020W wake@19350
     spawning spawn wake@-`,
  );
});

test('a start that takes too long is a crash', () => {
  expectPlay(
    `0 run
     0 spawned 1
     11000 tick
     11010 exited 1`,
    `spawning spawn
     starting wake@11000
     ending kill FTHO023W wake@16000
     waiting FTHO020W wake@11260`,
  );
});

test('a stop that takes too long ends with a kill, and is no crash', () => {
  expectPlay(
    `0 run
     0 spawned 1
     0 ready 1
     10 restart
     6010 tick
     6020 exited 1
     6030 spawned 2`,
    `spawning spawn
     starting wake@11000
     running FTHO010I wake@0
     ending stop wake@6010
     ending kill FTHO024W wake@11010
     spawning spawn wake@-
     starting wake@17030`,
  );
});

test('a running process that fits is adopted, one that does not is replaced', () => {
  expectPlay(
    `0 run
     0 found 5 ready
     9 exited 4
     10 exited 5
     260 tick
     261 found 6 ready another-version
     300 exited 6`,
    `spawning spawn
     running FTHO011I wake@0
     running
     waiting FTHO020W wake@260
     spawning spawn wake@-
     ending stop FTHO012I wake@6261
     spawning spawn wake@-`,
  );
});

test('a process of a plugin that is not wanted is ended', () => {
  expectPlay(
    `0 found 5 ready
     10 exited 5`,
    `ending stop FTHO012I wake@6000
     idle FTHO013I wake@-`,
  );
});

test('orders that come while a process is being made are carried out once it is there', () => {
  expectPlay(
    `0 run
     1 restart
     2 spawned 1
     3 exited 1
     4 stop
     5 spawned 2
     6 exited 2`,
    `spawning spawn
     spawning
     ending stop wake@6002
     spawning spawn wake@-
     spawning
     ending stop wake@6005
     idle FTHO013I wake@-`,
  );
});

test('what cannot be started says why, and a program that is not there counts as a crash', () => {
  const blocked = superviseStep(supervise('p', limits), { at: 0, type: 'block', why: 'no folder' });
  expect(shownState(blocked.state)).toEqual({ state: 'failed', reason: 'no folder' });
  expectPlay(
    `0 run
     1 spawn-failed`,
    `spawning spawn
     waiting FTHO020W wake@251`,
  );
});

/** A world with at most one process, which answers effects at random and gives orders at random. */
const event = fc.constantFrom(
  'run',
  'restart',
  'stop',
  'exit',
  'ready',
  'answer',
  'silent',
  'wake',
);

test('whatever happens: one process at a time, bounded restarts, and stop means stopped', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(4_000)), { maxLength: 200 }), (events) => {
      let state = supervise('probe', limits, times);
      let alive: number | undefined;
      let nextPid = 1;
      let at = 0;
      let wakeAt: number | undefined;
      let asked = false;
      let spawns: number[] = [];
      const give = (input: SupervisorInput): void => {
        const step = superviseStep(state, input);
        state = step.state;
        let spawnNow = false;
        for (const effect of step.effects) {
          if (effect.type === 'spawn') spawnNow = true;
          else if (effect.type === 'wake') wakeAt = effect.at;
          else if (effect.type === 'ask') asked = true;
          else if (effect.type !== 'tell') expect(effect.pid).toBe(alive);
        }
        if (spawnNow) {
          expect(alive).toBeUndefined();
          alive = nextPid;
          nextPid += 1;
          asked = false;
          spawns.push(at);
          give({ at, type: 'spawned', pid: alive });
        }
        if (alive === undefined) expect(state.phase).not.toHaveProperty('pid');
        if (['starting', 'ending', 'waiting'].includes(state.phase.name)) {
          expect(wakeAt).toBeDefined();
        }
      };
      for (const [name, delay] of events) {
        at += delay;
        const pid = alive ?? 0;
        if (name === 'run' || name === 'restart') {
          spawns = [];
          give({ at, type: name, limits });
        } else if (name === 'stop') give({ at, type: 'stop' });
        else if (name === 'ready') give({ at, type: 'ready', pid });
        else if (name === 'exit' && alive !== undefined) {
          alive = undefined;
          give({ at, type: 'exited', pid, why: 'x' });
        } else if (name === 'wake' && wakeAt !== undefined) {
          at = Math.max(at, wakeAt);
          give({ at, type: 'tick' });
        } else if (asked && (name === 'answer' || name === 'silent')) {
          asked = false;
          if (name === 'silent') give({ at, type: 'silent', pid });
          else give({ at, type: 'health', pid, health: { state: 'ok' } });
        }
        // No order, so every process more is a restart after a crash.
        const recent = spawns.filter((one) => at - one < limits.restarts.windowMs);
        expect(recent.length).toBeLessThanOrEqual(limits.restarts.count + 1);
      }
      give({ at, type: 'stop' });
      if (alive !== undefined) {
        const pid = alive;
        alive = undefined;
        give({ at, type: 'exited', pid, why: 'x' });
      }
      expect(state.phase.name).toBe('idle');
      expect(wakeAt).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
