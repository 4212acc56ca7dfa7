import { defineSimulation, planFaults, runFaults } from '@ftctl/sim';
import { ID, Witness } from './link-node.ts';

const HOSTS = ['a', 'b', 'c'];
const FAULTS_MS = 20_000;
/** Time after the last fault in which everything must have arrived. */
const ARRIVAL_LIMIT_MS = 60_000;

/**
 * Three hosts that ship their logs to each other, ask and beat, on a network
 * and on disks that fail. In the end each must have of each other every record
 * on disk there, once and in order; no order is carried out twice.
 */
export const simulation = defineSimulation<Witness>({
  name: 'link',
  async run(world) {
    const witness = new Witness(world, HOSTS);
    for (const host of HOSTS) {
      world.startPlugin(host, (process) => witness.plugin(process), { id: ID, config: {} });
    }
    const faults = world.random.fork('faults');
    const plan = planFaults(faults, { hosts: HOSTS, durationMs: FAULTS_MS, quietMs: 1_000 });
    await runFaults(world, plan);
    witness.stop();
    await world.run(1_000);
    await world.until(() => hasArrived(witness), 'all records have arrived', ARRIVAL_LIMIT_MS);
    return witness;
  },
  check: (_world, witness) => [
    ...pairs().flatMap(([from, to]) => judgePair(witness, from, to)),
    ...HOSTS.flatMap((host) => judgeDurable(witness, host)),
    ...judgeOrders(witness),
  ],
});

function pairs(): (readonly [string, string])[] {
  return HOSTS.flatMap((from) =>
    HOSTS.filter((to) => to !== from).map((to) => [from, to] as const),
  );
}

function made(witness: Witness, host: string): number[] {
  return (witness.all.get(host)?.facts() ?? []).map((fact) => fact.n);
}

function taken(witness: Witness, from: string, at: string): number[] {
  const facts = witness.taken.get(at)?.facts() ?? [];
  return facts.filter((fact) => fact.origin === from).map((fact) => fact.n);
}

function hasArrived(witness: Witness): boolean {
  return HOSTS.every((at) => {
    const others = HOSTS.filter((host) => host !== at);
    const wanted = others.reduce(
      (sum, from) => sum + (witness.all.get(from)?.facts().length ?? 0),
      0,
    );
    return (witness.taken.get(at)?.facts().length ?? 0) >= wanted;
  });
}

function judgePair(witness: Witness, from: string, to: string): string[] {
  const [sent, got] = [made(witness, from), taken(witness, from, to)];
  const wrong = sent.findIndex((n, index) => got[index] !== n);
  if (wrong >= 0) {
    return [`record ${wrong + 1} of ${from} is ${sent[wrong]}, at ${to} it is ${got[wrong]}`];
  }
  if (got.length === sent.length) return [];
  return [`${to} has ${got.length} records of ${from}, which made ${sent.length}`];
}

function judgeDurable(witness: Witness, host: string): string[] {
  const there = new Set(made(witness, host));
  const acknowledged = witness.acknowledged.get(host) ?? [];
  const lost = acknowledged.filter((n) => !there.has(n));
  return lost.length === 0 ? [] : [`${host} had acknowledged ${lost.join(', ')}, which are lost`];
}

function judgeOrders(witness: Witness): string[] {
  const twice = [...witness.carriedOut].filter(([, times]) => times > 1).map(([order]) => order);
  const never = witness.answered.filter((order) => !witness.carriedOut.has(order));
  return [
    ...twice.map((order) => `order ${order} was carried out more than once`),
    ...never.map((order) => `order ${order} was answered and never carried out`),
  ];
}
