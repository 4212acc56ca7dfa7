import { type SimPlugin, World } from '@ftctl/sim';
import type { MirrorStatus } from '../../src/mirror.ts';
import { planMirror } from '../../src/plugin.ts';
import { type Copies, OFFER, type Role, SCHEDULER, scheduler } from './scheduler.ts';
import { SimDatabase, SimDatabaseServer } from './sim-database.ts';
import { readCopy } from './sim-sinfonia.ts';

const MIRROR = 'plan-mirror';

/** A scheduler that changes its plan all the time, its mirror, and a database that never fails. */
export class OneHost {
  readonly world: World;
  readonly server: SimDatabaseServer;
  readonly mirror: SimPlugin<unknown>;

  constructor(seed: number) {
    const world = new World({ seed });
    world.addHost('a');
    this.world = world;
    this.server = new SimDatabaseServer(world, 0);
    const copies: Copies = new Map();
    const role: Role = { host: 'a', epoch: 1, quiet: false };
    const options = { role, copies, mirrorboxBytes: 1_000_000, random: world.random.fork('jobs') };
    world.startPlugin('a', scheduler(options), { id: SCHEDULER, config: {} });
    const database = { kind: 'sqlite', schema: 'plan' };
    this.mirror = world.startPlugin(
      'a',
      (process) =>
        planMirror({
          database: () => new SimDatabase(this.server, process),
          sinfonia: async (path) => readCopy(copies, path),
          standBack: () => undefined,
        }),
      {
        id: MIRROR,
        config: { database, lanes: 1, historyDays: 30, checkNewPlans: false },
        capabilities: [OFFER],
      },
    );
  }

  async status(): Promise<MirrorStatus> {
    const { data } = await this.world.settle(this.mirror.command('status'));
    return data as MirrorStatus;
  }
}
