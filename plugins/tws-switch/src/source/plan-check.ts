import type { Part, StreamId } from '@ftctl/plan';
import { hashOf } from '@ftctl/plan/check';
import { changesOfPart, type FacetChange, NETWORK } from '@ftctl/plan/source';
import { describeError, sleep } from '@ftctl/sdk';
import type { Desk } from '../desk.ts';
import { sourceErrors } from './errors.ts';

/** Parts that one commit hashes, as long as a stream is not larger. */
const SLICE_PARTS = 500;
/** Part of the mirrorbox that a check leaves to what changes the plan. */
const ROOM = 0.5;
const LOOK_MS = 200;
/** Mirrors that do not read for so long are not checked. */
const ROOM_WITHIN_MS = 60_000;

/**
 * Writes to the mirrorbox what the plan hashes to, stream by stream: each record
 * is of the plan as it stands at that very position of the log. Made in slices
 * between which everything else has its turn.
 */
export class PlanCheck {
  readonly #desk: Desk;
  #check: number | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  stop(): void {
    this.#check = undefined;
  }

  /**
   * One that is under way is given up.
   *
   * @returns how many streams there are
   * @throws FtError FT_SOURCE_NOT_MASTER
   */
  begin(check: number): { readonly streams: number } {
    const { book, mirrorbox, self, ctx } = this.#desk;
    if (!mirrorbox.isMaster) throw sourceErrors.NOT_MASTER({ workstation: self });
    this.#check = check;
    const streams = [...book.plan.parts()].filter(({ kind }) => kind === 'stream');
    this.#run(
      check,
      streams.map(({ id }) => id),
    ).catch((error: unknown) => ctx.log.debug(`check given up: ${describeError(error)}`));
    return { streams: streams.length };
  }

  async #run(check: number, streams: readonly StreamId[]): Promise<void> {
    const left = [...streams];
    while (left.length > 0 && (await this.#mayGoOn(check))) {
      await this.#desk.commit(() => {
        for (let parts = 0; parts < SLICE_PARTS && left.length > 0; ) {
          parts += this.#hash(check, left.shift() as StreamId);
        }
      });
      await sleep(this.#desk.ctx.clock, 0);
    }
    if (!(await this.#mayGoOn(check))) return;
    await this.#desk.commit(() => this.#finish(check));
  }

  /** @returns how many parts that were */
  #hash(check: number, stream: StreamId): number {
    const { plan } = this.#desk.book;
    const part = plan.part(`stream/${stream}`);
    if (part === undefined) return 0;
    const jobs = [...plan.index.jobsOfStream(stream)].map((id) => plan.job(id));
    this.#say(check, stream, [part, ...jobs]);
    return jobs.length + 1;
  }

  #finish(check: number): void {
    const { book, mirrorbox } = this.#desk;
    const network: Part[] = [];
    let streams = 0;
    let jobs = 0;
    for (const part of book.plan.parts()) {
      if (part.kind === 'stream') streams += 1;
      else if (part.kind === 'job') jobs += 1;
      else network.push(part);
    }
    this.#say(check, NETWORK, network);
    mirrorbox.check({ r: 'checked', check, streams, jobs });
  }

  #say(check: number, stream: StreamId | typeof NETWORK, parts: readonly Part[]): void {
    const facets = parts.flatMap((part): readonly FacetChange[] => changesOfPart(part));
    this.#desk.mirrorbox.check({ r: 'check', check, stream, hash: hashOf(facets) });
  }

  /** Until there is room in the mirrorbox; false when this is not the check any more. */
  async #mayGoOn(check: number): Promise<boolean> {
    const { ctx, mirrorbox } = this.#desk;
    const endMs = ctx.clock.monotonic() + ROOM_WITHIN_MS;
    while (this.#check === check && mirrorbox.fill > ROOM) {
      if (ctx.clock.monotonic() > endMs) return false;
      await sleep(ctx.clock, LOOK_MS);
    }
    return this.#check === check;
  }
}
