import { type Definitions, type Topology, Tree } from '@ftctl/plan';
import { definePlugin, type Plugin, type PluginContext, type PluginInstance } from '@ftctl/sdk';
import {
  boxRequest,
  closeRequest,
  counterRequest,
  marksRequest,
  offerRequest,
  openRequest,
  ownStream,
  pulseBeats,
  roadStream,
  snapshotRequest,
} from './channels.ts';
import type { Desk } from './desk.ts';
import { Epochs } from './epochs.ts';
import type { JobRunner } from './io/jobs/job-runner.ts';
import { PlanBook } from './plan-book.ts';
import { openStores } from './stores.ts';
import { identify, Workstation } from './workstation.ts';

/** What the plugin needs of the world beyond the host's services; replaced in the simulated world. */
export interface TwsIo {
  /** Reads and checks the topology file. @throws FtError FT_PLAN_TOPOLOGY */
  readTopology(file: string): Promise<Topology>;
  /** Reads and checks the plan file. @throws FtError FT_PLAN_DEFINITIONS */
  readDefinitions(file: string, topology: Topology): Promise<Definitions>;
  /** The runner of this host's jobs. */
  jobs(ctx: PluginContext<unknown>): JobRunner;
  /** This machine's offset from UTC at that time, in minutes to the east. */
  utcOffsetMinutes(atMs: number): number;
}

interface Config {
  readonly topology: string;
  readonly plan?: string;
  readonly switchFaultTolerance?: boolean;
}

const MIB = 1024 * 1024;
const SIZES = { ownBytes: 64 * MIB, roadBytes: 64 * MIB, ftboxBytes: 64 * MIB };

/** The plugin over a given outside world; the simulated world brings its own. */
export function twsSwitch(io: TwsIo, onOpen?: (ws: Workstation, epochs: Epochs) => void): Plugin {
  return definePlugin({
    setup(ctx): PluginInstance {
      let running: Workstation | undefined;
      return {
        async start() {
          running = await openWorkstation(ctx, io, onOpen);
        },
        stop() {
          running?.stop();
          running = undefined;
        },
        health: () => (running === undefined ? { state: 'failed' } : { state: 'ok' }),
      };
    },
  });
}

async function openWorkstation(
  ctx: PluginContext<unknown>,
  io: TwsIo,
  onOpen?: (ws: Workstation, epochs: Epochs) => void,
): Promise<Workstation> {
  const config = ctx.config as Config;
  const tree = new Tree(await io.readTopology(config.topology));
  const byNode = new Map([...tree.topology.workstations.values()].map((ws) => [ws.node, ws.name]));
  const self = byNode.get(ctx.host.name);
  if (self === undefined) throw new Error(`no workstation has the node ${ctx.host.name}`);
  const stores = openStores(ctx.store, SIZES);
  const roles = new Epochs(ctx.store, tree, self);
  const desk: Desk = {
    ctx,
    tree,
    self,
    domain: tree.domainOf(self),
    stores,
    book: new PlanBook(stores),
    roles,
    settings: {
      linkTimeoutMs: 3_000,
      roadBytes: 64 * MIB,
      classicReplay: false,
      classicLinks: false,
    },
    workstationAt: (host) => byNode.get(host),
  };
  const definitions =
    config.plan === undefined ? undefined : await io.readDefinitions(config.plan, tree.topology);
  const workstation = new Workstation(desk, {
    identity: await identify(desk),
    runner: io.jobs(ctx),
    sizes: SIZES,
    onBroken: (why) => ctx.log.error(why),
    definitions: () => definitions,
    switchFaultTolerance: config.switchFaultTolerance ?? true,
    utcOffsetMinutes: () => io.utcOffsetMinutes(ctx.clock.now()),
  });
  serve(ctx, workstation);
  roles.onChange(() => void workstation.rolesChanged());
  await workstation.start();
  await workstation.rolesChanged();
  onOpen?.(workstation, roles);
  return workstation;
}

function serve({ link }: PluginContext<unknown>, workstation: Workstation): void {
  link.serve(openRequest, (question, from) => workstation.open(question, from));
  link.serve(closeRequest, ({ session }, from) => {
    workstation.sessions.closedByPeer(session, from);
    return {};
  });
  link.serve(counterRequest, (question, from) => workstation.counter(question, from));
  link.serve(snapshotRequest, (question, from) => workstation.snapshot(question, from));
  link.serve(boxRequest, (question, from) => workstation.box(question, from));
  link.serve(offerRequest, ({ plan }) => workstation.turnover.offered(plan));
  link.serve(marksRequest, (report) => workstation.marksReport(report));
  link.receive(
    ownStream,
    (tx, batch) => workstation.own(tx, batch),
    () => workstation.taken(),
  );
  link.receive(
    roadStream,
    (tx, batch) => workstation.road(tx, batch),
    () => workstation.taken(),
  );
  link.onBeat(pulseBeats, ({ session }, from) => workstation.sessions.pulse(session, from));
  link.onPeer(({ host, up }) => workstation.sessions.peerChanged(host, up));
}
