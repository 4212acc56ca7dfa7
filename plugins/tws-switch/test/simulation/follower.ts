import { type Part, Plan, partCodec } from '@ftctl/plan';
import { hashOf } from '@ftctl/plan/check';
import {
  changesOfPart,
  MIRRORBOX,
  NETWORK,
  type SourceRecord,
  type SourceStatus,
  sourceCheck,
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
/** How often it asks whether its copy is right. */
const CHECK_MS = 1_500;
const NOBODY = { ws: '', inc: 0, nonce: '', id: 0 };

export interface Followed {
  /** Its copy, when that is up to date. */
  plan: Plan | undefined;
  /** How many copies it has loaded. */
  loads: number;
  /** How many checks came to their end. */
  checks: number;
  /** What was not here as a check said that it is. */
  readonly wrong: string[];
}

/** A copy, and where in the mirrorbox it stands. */
interface Position {
  readonly plan: Plan;
  readonly incarnation: string;
  readonly syncid: number;
  at: number;
}

/**
 * The least that follows a plan: loads a copy, then applies what comes after it,
 * also after the source was away.
 *
 * @param readFile what stands in a file of this host
 */
export function follower(followed: Followed, readFile: (path: string) => string): Plugin {
  return definePlugin({
    setup: (ctx) => {
      let stopped = false;
      const follow = async () => {
        const one = new Follower(ctx, followed, readFile);
        while (!stopped) {
          try {
            await one.run();
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
  #position: Position | undefined;
  #check = 0;
  #checkMs = 0;

  constructor(ctx: PluginContext<unknown>, followed: Followed, readFile: (path: string) => string) {
    this.#ctx = ctx;
    this.#followed = followed;
    this.#readFile = readFile;
  }

  /** Until what it has is of no use any more. */
  async run(): Promise<void> {
    const { provider } = this.#ctx.capability(SOURCE.name) ?? SOURCE;
    const topic = await this.#ctx.store.topic(provider, MIRRORBOX, sourceRecordCodec);
    try {
      const status = await this.#ctx.ask(sourceStatus, {});
      if (!status.master || status.run === 0) return;
      if (!this.#mayGoOn(topic, status)) await this.#begin(topic);
      if (this.#position === undefined) return;
      const isOver = await this.#follow(topic, this.#position);
      if (isOver) this.#position = undefined;
    } finally {
      topic.close();
    }
  }

  #mayGoOn(topic: Topic<SourceRecord>, { whole, syncid }: SourceStatus): boolean {
    const position = this.#position;
    return (
      whole &&
      position?.syncid === syncid &&
      position.incarnation === topic.incarnation() &&
      position.at <= topic.bounds().last
    );
  }

  async #begin(topic: Topic<SourceRecord>): Promise<void> {
    this.#position = undefined;
    const { syncid, seq } = await this.#ctx.ask(sourceSnapshot, { atLeast: 0 });
    const plan = await this.#load(syncid);
    await this.#ctx.ask(sourceRelease, { syncid });
    if (plan === undefined) return;
    this.#followed.loads += 1;
    this.#position = { plan, syncid, at: seq, incarnation: topic.incarnation() };
  }

  async #load(syncid: number): Promise<Plan | undefined> {
    for (;;) {
      const { state, path = '' } = await this.#ctx.ask(sourceSinfonia, { syncid });
      if (state === 'failed' || state === 'absent') return undefined;
      if (state === 'ready') return planIn(this.#readFile(path));
      await sleep(this.#ctx.clock, LOOK_MS);
    }
  }

  /** @returns true when it must begin anew */
  async #follow(topic: Topic<SourceRecord>, position: Position): Promise<boolean> {
    const { plan } = position;
    for (;;) {
      const page = topic.read(position.at);
      for (const { seq, value } of page) {
        if (seq !== position.at + 1 || value.r === 'resync' || value.r === 'snapshot') return true;
        this.#take(plan, value);
        position.at = seq;
      }
      if (position.at === topic.bounds().last) this.#followed.plan = plan;
      await topic.report(position.at);
      if (page.length > 0) continue;
      await this.#ask();
      const { master, whole } = await this.#ctx.ask(sourceStatus, {});
      if (!master || !whole) return true;
      await sleep(this.#ctx.clock, LOOK_MS);
    }
  }

  async #ask(): Promise<void> {
    const nowMs = this.#ctx.clock.monotonic();
    if (nowMs - this.#checkMs < CHECK_MS) return;
    this.#checkMs = nowMs;
    this.#check += 1;
    await this.#ctx.ask(sourceCheck, { check: this.#check });
  }

  #take(plan: Plan, record: SourceRecord): void {
    if (record.r === 'gone') plan.remove(record.key);
    else if (record.r === 'event') plan.apply(record.e, NOBODY);
    else if (record.r === 'check') {
      if (contentOf(plan, record.stream) === record.hash) return;
      this.#followed.wrong.push(`check ${record.check}: ${record.stream || 'the network'}`);
    } else if (record.r === 'checked') this.#end(plan, record);
  }

  #end(plan: Plan, { check, streams, jobs }: Extract<SourceRecord, { readonly r: 'checked' }>) {
    const { wrong } = this.#followed;
    const count = (kind: string) => [...plan.parts()].filter((part) => part.kind === kind).length;
    if (count('stream') !== streams) wrong.push(`check ${check}: ${streams} streams`);
    if (count('job') !== jobs) wrong.push(`check ${check}: ${jobs} jobs`);
    this.#followed.checks += 1;
  }
}

/** What a stream with its jobs hashes to, or what belongs to no stream. */
function contentOf(plan: Plan, stream: string): string {
  const parts = [...plan.parts()].filter((part) => {
    if (part.kind === 'stream') return part.id === stream;
    if (part.kind === 'job') return part.def?.stream === stream;
    return stream === NETWORK;
  });
  return hashOf(parts.flatMap((part) => changesOfPart(part)));
}

function planIn(file: string): Plan | undefined {
  const lines = file.split('\n').slice(1, -1);
  const end = JSON.parse(lines.pop() ?? '{}') as { readonly end?: number };
  if (end.end !== lines.length) return undefined;
  const plan = new Plan();
  for (const line of lines) plan.merge(partCodec.decode(text.encode(line)) as Part);
  return plan;
}
