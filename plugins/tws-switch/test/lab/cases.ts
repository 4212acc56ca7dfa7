import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Day } from './day.ts';
import type { Production } from './production.ts';
import type { Change } from './routed.ts';
import { unrecordedJobs } from './unrecorded-jobs.ts';

const DOMAIN = 'DM1';
/** Longest time that a host stays dead, cut or stopped after another has taken over. */
const MAX_DOWN_MS = 3_000;
/** Longest time between two switches by hand. */
const MAX_APART_MS = 1_500;

export interface Stage {
  readonly production: Production;
  readonly day: Day;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Played {
  readonly changes: readonly Change[];
  /** Jobs that were lost with their launcher. */
  readonly lost?: ReadonlySet<string>;
  /** Jobs of the dead host that went on without it. */
  readonly livedOn?: number;
}

/** What happens to a manager while a day runs at full load. Resolves when all hosts are whole again. */
export type Case = (stage: Stage) => Promise<Played>;

export const CASES: Readonly<Record<string, Case>> = {
  'kill-manager': (stage) => kill(stage, DOMAIN),
  'kill-master': (stage) => kill(stage, stage.production.tree.root),
  'kill-manager-and-agent': killManagerAndAgent,
  'switch-by-hand': switchByHand,
  'cut-manager': cut,
  'pause-manager': pause,
  'kill-with-jobs': killWithJobs,
};

async function kill(stage: Stage, domain: string): Promise<Played> {
  const { production } = stage;
  const old = await production.manager(domain);
  const fromMs = Date.now();
  await production.host(old).kill();
  const change = { domain, fromMs, silentMs: Date.now() };
  const livedOn = await jobsOf(production, old);
  await production.acts(production.standby(domain, old));
  await stay(stage);
  await production.host(old).start();
  return { changes: [change], livedOn };
}

/** The agent is back first: with it the voters of its domain have a majority again. */
async function killManagerAndAgent(stage: Stage): Promise<Played> {
  const { production } = stage;
  const old = await production.manager(DOMAIN);
  const agent = 'FTA1A';
  const fromMs = Date.now();
  await Promise.all([production.host(old).kill(), production.host(agent).kill()]);
  const change = { domain: DOMAIN, fromMs, silentMs: Date.now() };
  const living = await Promise.all([old, agent].map((ws) => jobsOf(production, ws)));
  await stay(stage);
  await production.host(agent).start();
  await production.acts(production.standby(DOMAIN, old));
  await production.host(old).start();
  return { changes: [change], livedOn: living.reduce((sum, one) => sum + one, 0) };
}

async function switchByHand(stage: Stage): Promise<Played> {
  const { production, random } = stage;
  const domain = anyDomain(stage);
  const first = await production.manager(domain);
  const second = production.standby(domain, first);
  const changes: Change[] = [];
  for (const next of [second, first]) {
    await sleep(random() * MAX_APART_MS);
    const fromMs = Date.now();
    await production.tws(next, 'switchmgr', domain, next);
    changes.push({ domain, fromMs, silentMs: await claimedMs(production, next, fromMs) });
    await isDemoted(production, domain, next === first ? second : first, 'told to give way');
  }
  return { changes };
}

async function cut(stage: Stage): Promise<Played> {
  const { production } = stage;
  const { lab } = production.lab;
  const domain = anyDomain(stage);
  const old = await production.manager(domain);
  const node = production.node(old);
  const others = production.lab.hosts.filter((host) => host !== node);
  const fromMs = Date.now();
  for (const other of others) await lab.cut(node, other, { silent: true });
  const change = { domain, fromMs, silentMs: Date.now() };
  await production.acts(production.standby(domain, old));
  await isDemoted(production, domain, old, 'cut off');
  await stay(stage);
  for (const other of others) await lab.heal(node, other);
  return { changes: [change] };
}

async function pause(stage: Stage): Promise<Played> {
  const { production } = stage;
  const domain = anyDomain(stage);
  const old = await production.manager(domain);
  const fromMs = Date.now();
  await production.host(old).pause();
  const change = { domain, fromMs, silentMs: Date.now() };
  await production.acts(production.standby(domain, old));
  await stay(stage);
  await production.host(old).resume();
  await isDemoted(production, domain, old, 'stopped');
  return { changes: [change] };
}

/** Jobs whose launcher left no record are DONE, and these alone; an operator confirms them. */
async function killWithJobs(stage: Stage): Promise<Played> {
  const { production, day } = stage;
  const old = await production.manager(DOMAIN);
  const host = production.host(old);
  const fromMs = Date.now();
  await host.pause();
  const lost = await unrecordedJobs(host.paths.data('tws-switch'));
  await host.kill({ withJobs: true });
  const change = { domain: DOMAIN, fromMs, silentMs: Date.now() };
  const standby = production.standby(DOMAIN, old);
  await production.acts(standby);
  await stay(stage);
  await host.start();
  await day.areDone(standby, lost);
  for (const id of lost) await production.tws(standby, 'confirm', id, 'succ');
  return { changes: [change], lost };
}

/** Its first answer must say so: what it would route now would be a second manager's. */
async function isDemoted(production: Production, domain: string, old: string, how: string) {
  if (await production.isActing(old)) {
    throw new Error(
      `${old} acts as manager of ${domain} after another took over, when it was ${how}`,
    );
  }
}

/** When a workstation won its domain, by its log: what the old manager sends since then nobody takes. */
async function claimedMs(production: Production, ws: string, afterMs: number): Promise<number> {
  const log = join(production.host(ws).paths.logs, 'tws-switch.log');
  let claimed: number | undefined;
  const isTold = async () => {
    const lines = (await readFile(log, 'utf8')).split('\n');
    const times = lines.filter((line) => line.includes('"FTTW001I"')).map(timeOf);
    claimed = times.find((ms) => ms >= afterMs);
    return claimed !== undefined;
  };
  await production.lab.lab.waitFor(isTold, { what: `FTTW001I in the log of ${ws}` });
  return claimed ?? Number.NaN;
}

function timeOf(line: string): number {
  return Date.parse((JSON.parse(line) as { time: string }).time);
}

async function jobsOf(production: Production, ws: string): Promise<number> {
  const processes = await production.host(ws).processes();
  return processes.filter(({ role }) => role === 'job').length;
}

function anyDomain({ production, random }: Stage): string {
  return random() < 0.5 ? DOMAIN : production.tree.root;
}

function stay({ random }: Stage): Promise<void> {
  return sleep(random() * MAX_DOWN_MS);
}
