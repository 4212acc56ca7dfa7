import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PLUGIN_FOLDER } from './switch-lab.ts';

/** What a topology file and a plan file say. */
export interface Network {
  readonly topology: string;
  readonly plan: string;
}

/** Jobs that one request may name at once. */
export const BACKLOG_JOBS = 1_000;
/** So far ahead that no run meets it. */
const NEVER_S = 86_000;

/** Four domains on three levels, 20 hosts. Jobs of LOAD wait; requests for them are the backlog. */
export function twentyHosts(): Network {
  const topology = `domains:
  MASTERDM: {}
  DM1: { parent: MASTERDM, automaticSwitch: on }
  DM2: { parent: MASTERDM }
  DM3: { parent: DM1 }

workstations:
  MASTER: { type: master, domain: MASTERDM }
  FSA: { domain: MASTERDM, fullstatus: on }
  FSB: { domain: MASTERDM, fullstatus: on }
  FTAA: { domain: MASTERDM }
  FTAB: { domain: MASTERDM }
  DM1: { type: manager, domain: DM1 }
  FS1A: { domain: DM1, fullstatus: on }
  FTA1A: { domain: DM1 }
  FTA1B: { domain: DM1 }
  FTA1C: { domain: DM1 }
  FTA1D: { domain: DM1 }
  DM2: { type: manager, domain: DM2 }
  FS2A: { domain: DM2, fullstatus: on }
  FTA2A: { domain: DM2 }
  FTA2B: { domain: DM2 }
  FTA2C: { domain: DM2 }
  DM3: { type: manager, domain: DM3 }
  FS3A: { domain: DM3, fullstatus: on }
  FTA3A: { domain: DM3 }
  FTA3B: { domain: DM3 }
`;
  return { topology, plan: backlogPlan() };
}

/** The five hosts that a replay needs: a domain that switches, and the core above it. */
export function fiveHosts(): Network {
  const topology = `domains:
  MASTERDM: {}
  DM1: { parent: MASTERDM }

workstations:
  MASTER: { type: master, domain: MASTERDM }
  FSB: { domain: MASTERDM, fullstatus: on }
  DM1: { type: manager, domain: DM1 }
  FS1A: { domain: DM1, fullstatus: on }
  FTA1A: { domain: DM1 }
`;
  return { topology, plan: backlogPlan() };
}

/** The network of Figure 3 with short jobs on all its hosts, each after one on another host. */
export async function figure3Day(jobs: number): Promise<Network> {
  const file = resolve(PLUGIN_FOLDER, 'examples/figure-3/network.yaml');
  const hosts = ['FTA1A', 'FTAA', 'DM1', 'FS1A', 'MASTER', 'FSA'];
  const lines = Array.from({ length: jobs }, (_, at) => {
    const follows = at < hosts.length ? '' : `, follows: J${at - hosts.length + 1}`;
    const lead = at < hosts.length ? '' : at % 2 === 0 ? `, follows: J${at - 1}` : follows;
    return `      J${at}: { command: "true", on: ${hosts[at % hosts.length]}${lead} }`;
  });
  const plan = `streams:\n  FTA1A#DAY:\n    jobs:\n${lines.join('\n')}\n`;
  return { topology: await readFile(file, 'utf8'), plan };
}

function backlogPlan(): string {
  const jobs = Array.from({ length: BACKLOG_JOBS }, (_, at) => `      J${at}: "true"`);
  return `streams:\n  FTA1A#LOAD:\n    at: +${NEVER_S}\n    jobs:\n${jobs.join('\n')}\n`;
}
