import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Definitions, Tree } from '@ftctl/plan';
import { parseDefinitions, parseTopology, renderDefinitions } from '@ftctl/plan/files';
import { beacon } from './beacon.ts';
import { Day } from './day.ts';
import { figure3, TwsLab } from './tws-lab.ts';
import { workflows } from './workflows.ts';

/** Over them the tasks of the workflows are spread in turn. */
const RUNNERS = ['FTA1A', 'FTAA', 'DM1', 'FS1A', 'MASTER', 'FSA'];
/** The longest task of those runs then takes under two seconds. */
const TIME_SCALE = 0.015;
/** Both ways of a link, to every host, after a fault. */
const SETTLES_WITHIN_MS = 30_000;
/** Far over the promise of 2 s, which is printed and measured elsewhere: other work shares the machine. */
const SWITCHES_WITHIN_MS = 20_000;

interface Cpus {
  readonly acting: boolean;
  readonly rows: readonly { readonly cpuId: string; readonly state: string }[];
}

/**
 * The network of Figure 3 on real hosts, both domains switching by themselves,
 * whose days are made of recorded workflows by `ftctl tws import wfcommons`.
 * Every job appends its name to a file outside of all hosts.
 */
export class Production {
  readonly lab: TwsLab;
  readonly tree: Tree;
  readonly definitions: Definitions;
  /** Which workflows it runs. */
  readonly source: string;
  readonly linesFile: string;

  private constructor(lab: TwsLab, tree: Tree, definitions: Definitions, source: string) {
    this.lab = lab;
    this.tree = tree;
    this.definitions = definitions;
    this.source = source;
    this.linesFile = linesFileOf(lab);
  }

  static async start(): Promise<Production> {
    const topology = (await figure3())
      .replace('MASTERDM: {}', 'MASTERDM: { automaticSwitch: on }')
      .replace('parent: MASTERDM }', 'parent: MASTERDM, automaticSwitch: on }');
    const tree = new Tree(parseTopology(topology, 'figure-3'));
    const lab = await TwsLab.start({ topology, plan: 'streams: {}\n' });
    try {
      const { definitions, source } = await importPlan(lab, tree);
      return new Production(lab, tree, definitions, source);
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  down(options?: { readonly remove: boolean }): Promise<void> {
    return this.lab.down(options);
  }

  host(ws: string) {
    return this.lab.lab.host(this.node(ws));
  }

  node(ws: string): string {
    return this.tree.workstation(ws).node ?? ws.toLowerCase();
  }

  /** Runs an `ftctl tws` command on a workstation. @throws Error with what it printed */
  tws<T>(ws: string, ...args: readonly string[]): Promise<T> {
    return this.lab.tws<T>(this.node(ws), ...args);
  }

  isActing(ws: string): Promise<boolean> {
    return this.tws<Cpus>(ws, 'showcpus').then(({ acting }) => acting);
  }

  /** Who acts as manager of a domain while all its hosts run. @throws Error when nobody or several do */
  async manager(domain: string): Promise<string> {
    const core = this.tree.coreOf(domain);
    const acting = await Promise.all(core.map((ws) => this.isActing(ws)));
    const [manager, ...more] = core.filter((_ws, at) => acting[at]);
    if (manager === undefined || more.length > 0) {
      throw new Error(`of ${core.join(', ')} these act in ${domain}: ${[manager, ...more]}`);
    }
    return manager;
  }

  /** The full-status agent that stands by for a manager: in Figure 3 each domain has one. */
  standby(domain: string, manager: string): string {
    const other = this.tree.coreOf(domain).find((ws) => ws !== manager);
    if (other === undefined) throw new Error(`${domain} has no full-status agent`);
    return other;
  }

  /** Resolves when it acts. @throws Error when it does not in time */
  async acts(ws: string): Promise<void> {
    await this.lab.until<Cpus>(
      this.node(ws),
      { command: 'showcpus' },
      ({ acting }) => acting,
      SWITCHES_WITHIN_MS,
    );
  }

  /** Waits until every workstation sees every link open. */
  async settled(): Promise<void> {
    for (const host of this.lab.hosts) {
      await this.lab.until<Cpus>(
        host,
        { command: 'showcpus' },
        ({ rows }) => rows.every(({ state }) => /^[FL ]/.test(state.padEnd(1))),
        SETTLES_WITHIN_MS,
      );
    }
  }

  /** A new day, made where the master's role is. */
  async begin(): Promise<Day> {
    await this.settled();
    const master = await this.manager(this.tree.root);
    await this.tws(master, 'jnextday');
    return Day.of(this, master);
  }

  /** What the jobs have written so far. */
  async lines(): Promise<readonly string[]> {
    try {
      return (await readFile(this.linesFile, 'utf8')).split('\n').filter((line) => line !== '');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

function linesFileOf(lab: TwsLab): string {
  return join(lab.folder, 'lines');
}

/** Imports on the master, and gives the plan to all who may become it. */
async function importPlan(
  lab: TwsLab,
  tree: Tree,
): Promise<{ definitions: Definitions; source: string }> {
  const { files, source } = await workflows(lab.folder);
  const append = `echo "$UNISON_JOB" >> ${linesFileOf(lab)}`;
  const out = join(lab.folder, 'imported.yaml');
  const [master = ''] = lab.hosts;
  await lab.tws(
    master,
    ...['import', 'wfcommons', ...files, '--on', RUNNERS.join(',')],
    ...['--time-scale', String(TIME_SCALE), '--command', `sleep {seconds}; ${append}`],
    ...['--out', out],
  );
  const imported = parseDefinitions(await readFile(out, 'utf8'), out, tree.topology);
  const definitions = { streams: [...imported.streams, beacon(`sleep 0.05; ${append}`)] };
  await writeFile(lab.planFile, renderDefinitions(definitions));
  for (const ws of tree.coreOf(tree.root)) {
    const host = tree.workstation(ws).node ?? '';
    const { code, stderr } = await lab.lab.exec(host, ['restart', 'tws-switch']);
    if (code !== 0) throw new Error(`tws-switch on ${host} did not start again: ${stderr}`);
  }
  return { definitions, source };
}
