import { SeededRandom } from '@ftctl/sim';
import type { SwitcherConfig, SwitcherRun } from '../../src/core/switcher/types.ts';
import { Network, type NetworkOptions } from './network.ts';

export const DM1 = { number: 0, owner: 'DM1' };

/** Domain with manager DM1 and full-status agents FS1, FS2; voters are DM1, FS1, FS2 or as given. */
export function domainOf(
  change: Partial<SwitcherConfig> = {},
): Omit<SwitcherConfig, 'me'> & { readonly domain: string } {
  const { me: _, ...rest } = change;
  return {
    domain: 'DM',
    core: ['DM1', 'FS1', 'FS2'],
    candidates: ['DM1', 'FS1', 'FS2'],
    firstEpoch: DM1,
    voters: ['DM1', 'FS1', 'FS2'],
    automatic: true,
    ...rest,
  };
}

/** It switches only by hand. */
export const byHandAlone = { domain: domainOf({ automatic: false }) };

export const fiveVoters = {
  domain: domainOf({ voters: ['DM1', 'FS1', 'FS2', 'A1', 'A2'] }),
  workstations: ['DM1', 'FS1', 'FS2', 'A1', 'A2'],
};

/** The third voter is of the parent domain. */
export const twoMembers = {
  domain: domainOf({
    core: ['DM1', 'FS1'],
    candidates: ['DM1', 'FS1'],
    voters: ['DM1', 'FS1', 'UP1'],
  }),
  workstations: ['DM1', 'FS1', 'UP1'],
};

/**
 * A domain played line by line. Times are milliseconds.
 *
 *   run 2000                     time passes
 *   crash DM1 | start DM1 [demgr] | pause DM1 | resume DM1 | wipe DM1
 *   cut DM1 FS1 | mend DM1 FS1   both directions; `cut DM1>FS1` one
 *   leave DM1 | join DM1         cuts it from all others, and ends that
 *   switchmgr FS1 [force] | start-mgr DM1 | unfit FS1 REASON | fit FS1
 *   voters DM1 add A1            at the acting manager
 *   acts FS1 [within 1600]       it, and nobody else, acts now or by then; `acts none`
 *   epoch A1 1 FS1               what a workstation knows
 *   isolated DM1 starting        or `isolated DM1 no`
 *   refused FS1 unfit            its last refusal
 *
 * @throws Error with the line that does not hold
 */
export class Scenario {
  readonly network: Network;
  readonly runs: { readonly workstation: string; readonly run: SwitcherRun }[] = [];

  constructor(options: Partial<NetworkOptions> = {}, seed = 1) {
    this.network = new Network(new SeededRandom(seed), {
      domain: domainOf(),
      workstations: ['DM1', 'FS1', 'FS2', 'A1'],
      ...options,
    });
    this.network.onRun = (workstation, run) => this.runs.push({ workstation, run });
  }

  play(text: string): this {
    for (const line of text.split('\n').map((one) => one.trim())) {
      if (line === '' || line.startsWith('#')) continue;
      const problem = this.#line(line.split(/\s+/));
      if (problem !== undefined) throw new Error(`${line}: ${problem}`);
      const [seen] = this.network.watcher.problems;
      if (seen !== undefined) throw new Error(`${line}: ${seen}`);
    }
    return this;
  }

  /** What this workstation ran of one kind. */
  ran<K extends SwitcherRun['kind']>(name: string, kind: K): Extract<SwitcherRun, { kind: K }>[] {
    return this.runs
      .filter(({ workstation, run }) => workstation === name && run.kind === kind)
      .map(({ run }) => run as Extract<SwitcherRun, { kind: K }>);
  }

  #line([verb = '', name = '', ...rest]: string[]): string | undefined {
    const { network } = this;
    const [first, second] = rest;
    switch (verb) {
      case 'run':
        network.run(Number(name));
        return undefined;
      case 'cut':
      case 'mend':
        this.#path(verb, name, first);
        return undefined;
      case 'leave':
      case 'join':
        for (const { name: other } of network.all) {
          if (other !== name) this.#path(verb === 'leave' ? 'cut' : 'mend', name, other);
        }
        return undefined;
      case 'acts':
        return this.#acts(name, second);
      default:
        return this.#process(verb, name, rest) ?? this.#state(verb, name, rest);
    }
  }

  #path(verb: 'cut' | 'mend', name: string, other: string | undefined): void {
    const [a = '', b = other ?? ''] = name.split('>');
    this.network[verb](a, b);
    if (other !== undefined) this.network[verb](b, a);
  }

  #acts(name: string, withinMs: string | undefined): string | undefined {
    const wanted = name === 'none' ? '' : name;
    const holds = () => this.network.acting().join(' ') === wanted;
    if (withinMs === undefined ? holds() : this.network.until(holds, Number(withinMs))) {
      return undefined;
    }
    return `acting: ${this.network.acting().join(' ') || 'none'}`;
  }

  #process(verb: string, name: string, rest: string[]): string | undefined {
    const one = this.network.get(name);
    const flag = (word: string) => rest.includes(word);
    if (verb === 'crash') one.crash();
    else if (verb === 'start') one.boot({ demgr: flag('demgr') });
    else if (verb === 'pause') one.pause();
    else if (verb === 'resume') one.resume();
    else if (verb === 'wipe') {
      one.crash();
      one.loseStore(false);
      this.network.watcher.forget(name);
    } else if (verb === 'switchmgr') {
      if (flag('force')) this.network.watcher.forced = true;
      one.give({ kind: 'switchmgr', force: flag('force') });
    } else if (verb === 'start-mgr') one.give({ kind: 'start-mgr' });
    else if (verb === 'voters') {
      const [how = '', who = ''] = rest;
      one.give({ kind: 'voters', change: how === 'add' ? { add: who } : { remove: who } });
    } else if (verb === 'unfit' || verb === 'fit') {
      const why = verb === 'unfit' ? { unfit: rest.join(' ') } : {};
      for (const each of this.network.all)
        each.give({ kind: 'fitness', workstation: name, ...why });
    }
    return undefined;
  }

  #state(verb: string, name: string, [first, second]: string[]): string | undefined {
    const { state } = this.network.get(name);
    if (verb === 'epoch') {
      const { number, owner } = state?.row.epoch ?? {};
      return `${number} ${owner}` === `${first} ${second}` ? undefined : `it is ${number} ${owner}`;
    }
    if (verb === 'isolated') {
      const why = state?.isolation?.why ?? 'no';
      return why === first ? undefined : `it is ${why}`;
    }
    if (verb === 'refused') {
      const why = this.ran(name, 'refused').at(-1)?.why ?? 'nothing';
      return why === first ? undefined : `refused: ${why}`;
    }
    return undefined;
  }
}
