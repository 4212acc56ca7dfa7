import { type Part, Plan, partCodec } from '@ftctl/plan';
import {
  MIRRORBOX,
  PLAN_SOURCE,
  type SourceRecord,
  sourceRecordCodec,
  sourceRelease,
  sourceSinfonia,
  sourceSnapshot,
  sourceStatus,
} from '@ftctl/plan/source';
import {
  type Capability,
  definePlugin,
  type Plugin,
  type PluginContext,
  sleep,
  type Topic,
  text,
} from '@ftctl/sdk';

export const FOLLOWER = 'follower';
export const SOURCE: Capability = {
  name: 'plan.source',
  version: 1,
  features: [],
  provider: 'tws-switch',
};

const LOOK_MS = 100;
const NOBODY = { ws: '', inc: 0, nonce: '', id: 0 };

export interface Followed {
  /** Its copy; undefined while it has none that it could go on from. */
  plan: Plan | undefined;
  /** How many copies it has loaded. */
  loads: number;
}

/**
 * The least that follows a plan: loads a copy, then applies what comes after it.
 *
 * @param readFile what stands in a file of this host
 */
export function follower(followed: Followed, readFile: (path: string) => string): Plugin {
  return definePlugin({
    setup: (ctx) => {
      let stopped = false;
      const follow = async () => {
        while (!stopped) {
          try {
            await new Follower(ctx, followed, readFile).run();
          } catch {
            // The source is not there, or begins anew.
          }
          followed.plan = undefined;
          await sleep(ctx.clock, LOOK_MS);
        }
      };
      return {
        start: () => void follow(),
        stop: () => {
          stopped = true;
        },
        health: () => ({ state: 'ok' }),
      };
    },
  });
}

class Follower {
  readonly #ctx: PluginContext<unknown>;
  readonly #followed: Followed;
  readonly #readFile: (path: string) => string;

  constructor(ctx: PluginContext<unknown>, followed: Followed, readFile: (path: string) => string) {
    this.#ctx = ctx;
    this.#followed = followed;
    this.#readFile = readFile;
  }

  /** Until what it has is of no use any more. */
  async run(): Promise<void> {
    const { provider } = this.#ctx.capability(PLAN_SOURCE.split('@')[0] ?? '') ?? SOURCE;
    const topic = await this.#ctx.store.topic(provider, MIRRORBOX, sourceRecordCodec);
    try {
      const status = await this.#ctx.ask(sourceStatus, {});
      if (!status.master || status.run === 0) return;
      const { syncid, seq } = await this.#ctx.ask(sourceSnapshot, { atLeast: 0 });
      const plan = await this.#load(syncid);
      await this.#ctx.ask(sourceRelease, { syncid });
      if (plan === undefined) return;
      this.#followed.loads += 1;
      await this.#follow(topic, plan, seq);
    } finally {
      topic.close();
    }
  }

  async #load(syncid: number): Promise<Plan | undefined> {
    for (;;) {
      const { state, path = '' } = await this.#ctx.ask(sourceSinfonia, { syncid });
      if (state === 'failed' || state === 'absent') return undefined;
      if (state === 'ready') return planIn(this.#readFile(path));
      await sleep(this.#ctx.clock, LOOK_MS);
    }
  }

  async #follow(topic: Topic<SourceRecord>, plan: Plan, from: number): Promise<void> {
    for (let at = from; ; ) {
      const page = topic.read(at);
      for (const { seq, value } of page) {
        if (seq !== at + 1 || value.r === 'resync' || value.r === 'snapshot') return;
        if (value.r === 'gone') plan.remove(value.key);
        else plan.apply(value.e, NOBODY);
        at = seq;
      }
      if (at === topic.bounds().last) this.#followed.plan = plan;
      await topic.report(at);
      if (page.length > 0) continue;
      const { master, whole } = await this.#ctx.ask(sourceStatus, {});
      if (!master || !whole) return;
      await sleep(this.#ctx.clock, LOOK_MS);
    }
  }
}

function planIn(file: string): Plan | undefined {
  const lines = file.split('\n').slice(1, -1);
  const end = JSON.parse(lines.pop() ?? '{}') as { readonly end?: number };
  if (end.end !== lines.length) return undefined;
  const plan = new Plan();
  for (const line of lines) plan.merge(partCodec.decode(text.encode(line)) as Part);
  return plan;
}
