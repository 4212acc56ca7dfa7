import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Lab, type PluginCommand, startLab } from '@ftctl/lab';
import { parseTopology } from '@ftctl/plan/files';

const PLUGIN = resolve(import.meta.dirname, '../..');
const FTCTL = join(
  dirname(createRequire(join(PLUGIN, 'package.json')).resolve('ftctl/package.json')),
  'bin/ftctl.js',
);
export const FIGURE_3 = join(PLUGIN, 'examples/figure-3/network.yaml');

export interface TwsLabOptions {
  readonly topology: string;
  /** Text of the plan file. */
  readonly plan: string;
  readonly switchFaultTolerance?: boolean;
}

/** Real hosts of a topology on this machine; only the master is given the plan file. */
export class TwsLab {
  readonly lab: Lab;
  readonly hosts: readonly string[];
  /** Where the lab and its files are. */
  readonly folder: string;

  private constructor(lab: Lab, hosts: readonly string[], folder: string) {
    this.lab = lab;
    this.hosts = hosts;
    this.folder = folder;
  }

  /** The plan file, which is read when a plugin starts. */
  get planFile(): string {
    return planFileIn(this.folder);
  }

  static async start(options: TwsLabOptions): Promise<TwsLab> {
    const dir = await mkdtemp(join(tmpdir(), 'ftctl-tws-'));
    const plan = planFileIn(dir);
    const topology = join(dir, 'network.yaml');
    await writeFile(plan, options.plan);
    await writeFile(topology, options.topology);
    const enabled = options.switchFaultTolerance ?? true;
    const config = { topology, globalopts: { enSwfaultTol: enabled ? 'yes' : 'no' } };
    const { workstations } = parseTopology(options.topology, topology);
    const configs = [...workstations.values()].flatMap(({ node }) =>
      // Whoever is the master when a plan is made has the file.
      node === undefined ? [] : [[node, { ...config, plan }] as const],
    );
    const definition = {
      plugins: { 'tws-switch': PLUGIN },
      hosts: Object.fromEntries(
        configs.map(([host, own]) => [host, { plugins: { 'tws-switch': own } }]),
      ),
    };
    const lab = await startLab({ definition, dir: join(dir, 'lab'), ftctl: FTCTL });
    const hosts = configs.map(([host]) => host);
    return new TwsLab(lab, hosts, dir);
  }

  /** Runs `ftctl tws ARGS --json` on a host. @throws Error with what it printed */
  async tws<T>(host: string, ...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.lab.exec(host, ['tws', ...args, '--json']);
    if (code !== 0)
      throw new Error(`tws ${args.join(' ')} on ${host}: ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Asks again until `holds`. @throws Error with the last answer */
  async until<T>(
    host: string,
    asked: PluginCommand,
    holds: (answer: T) => boolean,
    limitMs = 20_000,
  ): Promise<T> {
    const end = performance.now() + limitMs;
    for (;;) {
      const answer = await this.lab.host(host).command<T>('tws-switch', asked);
      if (holds(answer)) return answer;
      if (performance.now() > end) {
        const what = `${JSON.stringify(asked)} on ${host}`;
        throw new Error(`${what}: still ${JSON.stringify(answer)}`);
      }
      await new Promise((wait) => setTimeout(wait, 200));
    }
  }

  /** Ends all hosts. @param remove false keeps their folders, to be looked at */
  async down({ remove = true } = {}): Promise<void> {
    await this.lab.down({ remove });
    if (remove) await rm(this.folder, { recursive: true, force: true });
  }
}

function planFileIn(folder: string): string {
  return join(folder, 'plan.yaml');
}

export function figure3(): Promise<string> {
  return readFile(FIGURE_3, 'utf8');
}
