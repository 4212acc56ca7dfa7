import {
  defineSimulation,
  inOrder,
  judge,
  nothingLost,
  nothingTwice,
  planFaults,
  runFaults,
} from '@ftctl/sim';
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
    witness.testify();
    return witness;
  },
  check: (world) =>
    judge(world.history, [nothingLost({ places: HOSTS }), nothingTwice(), inOrder()]),
});

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
