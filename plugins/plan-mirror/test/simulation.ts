import type { Plan } from '@ftctl/plan';
import { changesOfPart, type FacetChange } from '@ftctl/plan/source';
import { defineSimulation, planFaults, runFaults, type SimPlugin, type World } from '@ftctl/sim';
import type { CheckStatus } from '../src/checking.ts';
import { REASONS } from '../src/core/resume.ts';
import type { MirrorStatus } from '../src/mirror.ts';
import { planMirror } from '../src/plugin.ts';
import {
  type Copies,
  OFFER,
  planOnDisk,
  type Role,
  SCHEDULER,
  scheduler,
} from './simulation/scheduler.ts';
import { SimDatabase, SimDatabaseServer } from './simulation/sim-database.ts';
import { readCopy } from './simulation/sim-sinfonia.ts';

const HOSTS = ['a', 'b'];
const FAULTS_MS = 20_000;
const QUIET_MS = 30_000;
/** Two hashes a second go through a mirrorbox of 2,000 bytes. */
const CHECK_S = 300;
const MIRROR = 'plan-mirror';

interface State {
  readonly role: Role;
  readonly server: SimDatabaseServer;
  readonly copies: Copies;
  /** What `checksync` has said at the end, and again with one row spoilt. */
  readonly checks: readonly (CheckStatus | undefined)[];
  readonly spoilt?: FacetChange;
}

/**
 * Two hosts that may be the master, each with a scheduler and a mirror, and one
 * database, under random faults of all of them. In the end the database shows
 * what the master's plan is, no old master has written, and no copy is left.
 */
export const simulation = defineSimulation<State>({
  name: 'plan-mirror',
  mayFail: true,
  run,
  check: (world, state) => problems(world, state),
});

async function run(world: World): Promise<State> {
  const random = world.random.fork('network');
  for (const host of HOSTS) world.addHost(host, { clockOffsetMs: random.between(-5_000, 5_000) });
  const role: Role = { host: 'a', epoch: 0, quiet: false };
  const copies: Copies = new Map();
  const server = new SimDatabaseServer(world);
  const lanes = 1 + random.int(4);
  const mirrorboxBytes = random.pick([2_000, 5_000, 1_000_000]);
  for (const host of HOSTS) {
    const options = { role, copies, mirrorboxBytes, random: random.fork(`scheduler ${host}`) };
    world.startPlugin(host, scheduler(options), { id: SCHEDULER, config: {} });
    world.startPlugin(
      host,
      (process) =>
        planMirror({
          database: () => new SimDatabase(server, process),
          sinfonia: async (path) => readCopy(copies, path),
          standBack: () => undefined,
        }),
      {
        id: MIRROR,
        config: {
          database: { kind: 'sqlite', schema: 'plan' },
          lanes,
          historyDays: 30,
          checkNewPlans: true,
        },
        capabilities: [OFFER],
      },
    );
  }
  await world.run(1_000);
  world.spawn(() => switchMasters(world, role));
  world.spawn(() => troubleDatabase(world, server));
  const plan = planFaults(world.random.fork('faults'), {
    hosts: HOSTS,
    maxFaults: 6,
    durationMs: FAULTS_MS,
    quietMs: QUIET_MS,
  });
  world.after(FAULTS_MS + 2_000, () => {
    role.quiet = true;
  });
  await runFaults(world, plan);
  await forgiveBackoff(world, server, role);
  const checks = [await checksync(world, role)];
  const spoilt = spoil(server);
  if (spoilt !== undefined) checks.push(await checksync(world, role));
  if (spoilt !== undefined) restore(server, spoilt);
  return { role, server, copies, checks, ...(spoilt === undefined ? {} : { spoilt }) };
}

async function switchMasters(world: World, role: Role): Promise<void> {
  const random = world.random.fork('switches');
  while (world.now < FAULTS_MS && world.takeWork()) {
    await world.sleep(random.between(500, 15_000));
    if (world.now > FAULTS_MS) return;
    role.epoch += 1;
    role.host = role.host === 'a' ? 'b' : 'a';
    world.history.record('switch', { to: role.host, epoch: role.epoch });
  }
}

async function troubleDatabase(world: World, server: SimDatabaseServer): Promise<void> {
  const random = world.random.fork('trouble');
  for (let n = random.int(4); n > 0 && world.takeWork(); n -= 1) {
    await world.sleep(random.between(500, 8_000));
    const how = random.pick(['away', 'frozen'] as const);
    world.history.record(`database.${how}`);
    server[how] = true;
    await world.sleep(random.between(10, 6_000));
    server[how] = false;
    world.history.record('database.back');
  }
}

/**
 * Copies in a row wait up to five minutes: an operator who sees that asks for one.
 * A mirror that believes it is up to date is left alone.
 */
async function forgiveBackoff(world: World, server: SimDatabaseServer, role: Role): Promise<void> {
  for (let n = 0; n < 20 && !isMirrored(world, server, role); n += 1) {
    const plugin = world.host(role.host).plugin(MIRROR);
    const { data } = plugin.running ? await world.settle(plugin.command('status')) : { data: {} };
    const { phase } = data as Partial<MirrorStatus>;
    if (phase === 'waiting') await world.settle(plugin.command('resync'));
    await world.run(2_000);
  }
}

/** What the mirror of the master says of the database. */
async function checksync(world: World, role: Role): Promise<CheckStatus | undefined> {
  const plugin = world.host(role.host).plugin(MIRROR);
  if (!plugin.running) return undefined;
  const asked = plugin.command('checksync', { options: { timeout: String(CHECK_S) } });
  const { data } = await world.settle(asked, 'checksync', (CHECK_S + 10) * 1_000);
  return data as CheckStatus;
}

/** Somebody writes into a row that is shown. */
function spoil(server: SimDatabaseServer): FacetChange | undefined {
  for (const row of server.visible.values()) {
    const facet = row.get('jobs.s');
    if (facet === undefined) continue;
    row.set('jobs.s', { ...facet, cells: ['SPOILT', ...facet.cells.slice(1)] });
    return facet;
  }
  return undefined;
}

function restore(server: SimDatabaseServer, facet: FacetChange): void {
  server.visible.get(`jobs/${facet.id}`)?.set('jobs.s', facet);
}

function wrongChecks({ checks: [equal, different], spoilt }: State): string[] {
  const lines: string[] = [];
  if (equal?.state !== 'equal') lines.push(`checksync: ${JSON.stringify(equal)}`);
  if (spoilt === undefined) return lines;
  const stream = spoilt.id.slice(0, spoilt.id.lastIndexOf('.'));
  if (different?.state !== 'different' || different.different.join() !== stream) {
    lines.push(`checksync: ${JSON.stringify(different)} with ${stream} spoilt`);
  }
  return lines;
}

function problems(world: World, state: State): string[] {
  const { role, server, copies } = state;
  const lines = [...differences(world, server, role), ...wrongChecks(state)];
  lines.push(...copiesInVain(world));
  if (copies.size > 0) lines.push(`copies: ${[...copies.keys()].join(', ')} are left on disk`);
  const syncids = [...server.copies.keys()];
  if (syncids.length > 1) lines.push(`sweep: rows of copies ${syncids.join(', ')} are there`);
  if (world.history.of('faults.disk-full').length === 0) {
    const failed = world.failures.map(
      ({ host, plugin, error }) => `${plugin} on ${host}: ${error}`,
    );
    lines.push(...failed.filter((line) => !line.startsWith(SCHEDULER)));
  }
  return lines.slice(0, 8);
}

/** The source never drops what a mirror has not noted that it has: nothing but its own notes asks for a copy. */
function copiesInVain(world: World): string[] {
  return HOSTS.flatMap((host) =>
    world
      .host(host)
      .plugin(MIRROR)
      .captured.messages.filter(({ params }) => params.why === REASONS.behind)
      .map((message) => `copy: ${message.text}`),
  );
}

function isMirrored(world: World, server: SimDatabaseServer, role: Role): boolean {
  return differences(world, server, role).length === 0 && server.copies.size === 1;
}

/** The plan on the master's disk, against what the database shows. */
function differences(world: World, server: SimDatabaseServer, role: Role): string[] {
  const lines: string[] = [];
  const expected = new Map<string, string>();
  for (const part of planOf(world.host(role.host).plugin(SCHEDULER)).parts()) {
    for (const change of changesOfPart(part)) {
      expected.set(`${change.facet} ${change.id}`, JSON.stringify(change.cells));
    }
  }
  const shown = new Map<string, string>();
  for (const row of server.visible.values()) {
    for (const { facet, id, cells } of row.values())
      shown.set(`${facet} ${id}`, JSON.stringify(cells));
  }
  for (const [key, cells] of expected) {
    const found = shown.get(key);
    if (found !== cells) lines.push(`mirror: ${key} is ${found} and not ${cells}`);
  }
  for (const key of shown.keys()) {
    if (!expected.has(key)) lines.push(`mirror: ${key} is gone from the plan`);
  }
  return lines;
}

/** As it was when the disk was last written to, whether or not the scheduler runs. */
function planOf(plugin: SimPlugin<unknown>): Plan {
  return planOnDisk(plugin.disk.state.tables().get('Symphony') ?? []);
}
