import { definePlugin, type PluginContext } from '@ftctl/sdk';
import {
  defineSimulation,
  planFaults,
  runFaults,
  type SeededRandom,
  type SimProcess,
  type World,
} from '@ftctl/sim';
import { type Attempt, judge, show } from './store-model.ts';
import { applyOperation, drawOperation, type Parts, partsOf } from './store-workload.ts';

const HOST = 'a';
const ID = 'ledger';
/** Bounds the candidates that the checker has to try: commits whose end may be unknown at once. */
const MAX_UNKNOWN = 6;
/** Latest commits that are watched while the run goes on; all are judged at the end. */
const WATCHED = 50;

/** What the outside saw; judged at each start of the store and at the end. */
class Ledger {
  #attempts: Attempt[] = [];
  #next = 1;
  readonly #world: World;
  readonly #random: SeededRandom;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('workload');
  }

  /** The plugin of one life: judges what it finds, then commits at random. */
  plugin(process: SimProcess) {
    return definePlugin({
      setup: (ctx) => ({
        start: () => this.#start(ctx, process),
        stop: () => undefined,
        health: () => ({ state: 'ok' }),
      }),
    });
  }

  judge(store: PluginContext['store'], when: string): void {
    const shown = show(partsOf(store));
    const found = judge(this.#attempts, shown);
    for (const problem of found) this.#world.problem(`${when}: ${problem}`);
    // What is there now is certain: later judgements need not try other histories.
    const there = new Set(shown.records);
    for (const attempt of this.#attempts) {
      if (attempt.outcome !== 'unknown') continue;
      const { n } = attempt.operation;
      const trimmed =
        n < (shown.records[0] ?? 0) || (shown.records.length === 0 && n <= shown.mark);
      attempt.outcome = there.has(n) || trimmed ? 'resolved' : 'rejected';
    }
  }

  #start(ctx: PluginContext, process: SimProcess): void {
    this.judge(ctx.store, `life ${process.life}`);
    const parts = partsOf(ctx.store);
    const tick = () => {
      const open = this.#attempts.filter((attempt) => attempt.outcome === 'unknown').length;
      const burst = Math.min(1 + this.#random.int(3), MAX_UNKNOWN - open);
      for (let count = 0; count < burst; count += 1) {
        if (this.#world.takeWork()) this.#commit(ctx, parts, process);
      }
      if (process.alive) this.#watch(parts);
      ctx.clock.setTimer(this.#random.between(0, 30), tick);
    };
    tick();
  }

  #commit(ctx: PluginContext, parts: Parts, process: SimProcess): void {
    const operation = drawOperation(this.#random, this.#next);
    this.#next += 1;
    const attempt: Attempt = { operation, life: process.life, outcome: 'unknown' };
    this.#attempts.push(attempt);
    const { history } = this.#world;
    const ended = (outcome: 'resolved' | 'rejected') => {
      attempt.outcome = outcome;
      history.record(`commit.${outcome}`, { host: HOST, n: operation.n });
    };
    history.record('commit.asked', { host: HOST, life: process.life, ...operation });
    ctx.store
      .commit((tx) => applyOperation(tx, parts, operation))
      .then(
        () => ended('resolved'),
        () => ended('rejected'),
      );
  }

  /** Outside a commit nothing may be seen whose commit has not resolved. */
  #watch(parts: Parts): void {
    const seen = new Set(show(parts).records);
    for (const { operation, outcome } of this.#attempts.slice(-WATCHED)) {
      if (outcome === 'resolved' || !seen.has(operation.n)) continue;
      this.#world.problem(`commit ${operation.n} is ${outcome} and its record can be read`);
    }
  }
}

/**
 * Random commits on one store, on a host that crashes, stands still and runs
 * out of disk. What took effect must be what was acknowledged, and a prefix of
 * what was under way.
 */
export const simulation = defineSimulation({
  name: 'store',
  async run(world) {
    const ledger = new Ledger(world);
    const plan = planFaults(world.random.fork('faults'), {
      hosts: [HOST],
      durationMs: 5_000,
      quietMs: 2_000,
      maxFaultMs: 2_000,
    });
    world.startPlugin(HOST, (process) => ledger.plugin(process), { id: ID, config: {} });
    await runFaults(world, plan);
    const plugin = world.host(HOST).plugin(ID);
    await world.settle(plugin.store.commit(() => undefined));
    ledger.judge(plugin.store, 'at the end');
  },
  // The ledger judges while the run goes on.
  check: () => [],
});
