import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginSoak } from '@ftctl/lab';
import { HELD, MirrorLab } from './mirror-lab.ts';

const SHAPE = { streams: 12, jobsInEach: 3, held: 900 };
/** Each storm changes the priority of all held jobs. */
const FIRST_PRIORITY = 10;
const PRIORITIES = 80;
const STORM_EVERY_MS = 2_000;
const TELL_EVERY_MS = 30_000;
/** As many as show what a scheduler needs when nothing is wrong. */
const USUAL_STORMS = 40;
const PLUGINS = ['tws-switch', 'plan-mirror'];
/** What a mirror may need more while it waits. */
const MAX_GROWTH_MB = 64;
/** Operators wait not longer than so many times as before. */
const MAX_SLOWER = 3;

/**
 * The database stands still for minutes while the plan changes all the time: the
 * scheduler answers as before, nobody's memory grows, and the mirror catches up.
 * `count` is minutes.
 */
export const soak: PluginSoak = async ({ count: minutes, progress }) => {
  const lab = await MirrorLab.start(SHAPE);
  const problems: string[] = [];
  try {
    await lab.newPlan();
    await lab.ran();
    await lab.expectEqual();
    const storms = new Storms(lab);
    for (let n = 0; n < USUAL_STORMS; n += 1) await storms.one();
    const usualMs = storms.takeMedianMs();
    const before = await memory(lab);
    lab.database.freeze();
    const most = { ...before };
    const beganMs = performance.now();
    let toldMs = beganMs;
    while (performance.now() < beganMs + minutes * 60_000) {
      await storms.one();
      for (const [plugin, mb] of Object.entries(await memory(lab))) {
        most[plugin] = Math.max(most[plugin] ?? 0, mb);
      }
      if (performance.now() - toldMs > TELL_EVERY_MS) {
        toldMs = performance.now();
        const used = PLUGINS.map(
          (plugin) => `${plugin} ${most[plugin]} MB, before ${before[plugin]}`,
        );
        progress(`${storms.changes} changes: ${used.join('; ')}`);
      }
      await sleep(STORM_EVERY_MS);
    }
    const frozenMs = storms.takeMedianMs();
    lab.database.thaw();
    const thawedMs = performance.now();
    await lab.expectEqual();
    const caughtUpS = Math.round((performance.now() - thawedMs) / 1_000);
    for (const plugin of PLUGINS) {
      const growth = (most[plugin] ?? 0) - (before[plugin] ?? 0);
      if (growth > MAX_GROWTH_MB) problems.push(`${plugin} grew by ${growth} MB`);
    }
    if (frozenMs > usualMs * MAX_SLOWER) {
      problems.push(`an operator waited ${frozenMs} ms, usually ${usualMs} ms`);
    }
    const { changes } = storms;
    const [schedulerMb = 0, mirrorMb = 0] = PLUGINS.map((plugin) => most[plugin]);
    const counts = { minutes, changes, usualMs, frozenMs, schedulerMb, mirrorMb, caughtUpS };
    return { counts, problems };
  } catch (error) {
    return { counts: { minutes }, problems: [...problems, String(error)] };
  } finally {
    await lab.down({ remove: true });
  }
};

/** Resident megabytes by plugin, of the host of M. */
async function memory(lab: MirrorLab): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const { pid, role } of await lab.lab.host('m').processes()) {
    if (!PLUGINS.includes(role)) continue;
    const kB = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    found[role] = Math.round(Number(kB ?? 0) / 1_024);
  }
  return found;
}

class Storms {
  changes = 0;
  readonly #lab: MirrorLab;
  #times: number[] = [];

  constructor(lab: MirrorLab) {
    this.#lab = lab;
  }

  /** Changes all held jobs by one command. */
  async one(): Promise<void> {
    const beganMs = performance.now();
    const priority = String(FIRST_PRIORITY + ((this.changes / SHAPE.held) % PRIORITIES));
    await this.#lab.ask('m', 'tws', 'altpri', `${HELD}.@`, priority);
    this.changes += SHAPE.held;
    this.#times.push(performance.now() - beganMs);
  }

  takeMedianMs(): number {
    const sorted = this.#times.sort((one, other) => one - other);
    this.#times = [];
    return Math.round(sorted[sorted.length >> 1] ?? 0);
  }
}
