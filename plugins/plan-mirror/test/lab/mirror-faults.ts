import { setTimeout as sleep } from 'node:timers/promises';
import type { MirrorLab } from './mirror-lab.ts';
import { MASTERS } from './mirror-lab.ts';

/** What happens to a mirror in the middle of a plan. Resolves when everybody is back. */
export type MirrorFault = (lab: MirrorLab, random: () => number) => Promise<void>;

/** Longest time that somebody stays away. */
const MAX_AWAY_MS = 3_000;

export const MIRROR_FAULTS: Readonly<Record<string, MirrorFault>> = {
  'kill-mirror': async (lab) => {
    const host = await hostOf(lab);
    await lab.lab.host(host).kill({ plugin: 'plan-mirror' });
    await forgive(lab, host, 'plan-mirror');
  },
  'kill-scheduler': async (lab) => {
    const host = await hostOf(lab);
    await lab.lab.host(host).kill({ plugin: 'tws-switch' });
    await forgive(lab, host, 'tws-switch');
  },
  'kill-host': async (lab, random) => {
    const host = await hostOf(lab);
    await lab.lab.host(host).kill();
    await sleep(random() * MAX_AWAY_MS);
    await lab.lab.host(host).start();
  },
  'kill-database': async (lab, random) => {
    lab.database.kill();
    await sleep(random() * MAX_AWAY_MS);
    await lab.database.begin();
  },
  'freeze-database': async (lab, random) => {
    lab.database.freeze();
    await sleep(random() * 2 * MAX_AWAY_MS);
    lab.database.thaw();
  },
  'switch-master': async (lab) => {
    const master = await lab.master();
    const other = MASTERS.find((one) => one !== master) ?? 'FS';
    await lab.ask(lab.nodeOf(other), 'tws', 'switchmgr', 'R', other);
  },
  resync: async (lab) => {
    // Where no plan is mirrored at this moment there is nothing to take a copy of.
    await lab.ask(await hostOf(lab), 'plan', 'resync').catch(() => undefined);
  },
};

async function hostOf(lab: MirrorLab): Promise<string> {
  return lab.nodeOf((await lab.master()) ?? 'M');
}

/** As an operator does after a third crash in five minutes: the plugin is let run again. */
async function forgive(lab: MirrorLab, host: string, plugin: string): Promise<void> {
  await sleep(500);
  const { plugins } = await lab.ask<{
    plugins: readonly { readonly id: string; readonly state: string }[];
  }>(host, 'status');
  const found = plugins.find(({ id }) => id === plugin);
  if (found?.state === 'quarantined') await lab.ask(host, 'restart', plugin);
}
