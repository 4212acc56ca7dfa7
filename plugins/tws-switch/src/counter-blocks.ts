import type { Epoch, PlanId, WorkstationName } from '@ftctl/plan';
import { counterRequest } from './channels.ts';
import { counterChecksum } from './core/checksum.ts';
import { type Desk, peerOf } from './desk.ts';

/** Blocks of a counter table; more marks than this is no table of a network of this size. */
const MAX_BLOCKS = 1_000;

/** What is known of a workstation: its event counter, or why it could not be had. */
export type Counter =
  | { readonly kind: 'marks'; readonly marks: ReadonlyMap<string, number> }
  | { readonly kind: 'damaged'; readonly why: string };

export interface CounterAnswer {
  readonly counter: Counter;
  /** The newest plan that is stored there. */
  readonly plan: PlanId;
}

/**
 * Asks a workstation for its event counter, block by block; asking for the next
 * one acknowledges the last (decision 11, steps one and two of a replay). Epochs
 * that it knows are heard on the way.
 *
 * @throws FtError of the link, or of the other side
 */
export async function fetchCounter(
  { ctx, roles, domain, tree }: Desk,
  ws: WorkstationName,
  { epoch, timeoutMs }: { readonly epoch: Epoch; readonly timeoutMs?: number },
): Promise<CounterAnswer> {
  const options = timeoutMs === undefined ? {} : { timeoutMs };
  const peer = peerOf({ tree }, ws);
  const marks = new Map<string, number>();
  for (let block = 0; ; block += 1) {
    const answer = await ctx.link.request(counterRequest, peer, { domain, epoch, block }, options);
    const { plan } = answer;
    for (const [name, known] of Object.entries(answer.epochs)) await roles.heard(name, known);
    if (answer.damaged !== undefined) return { counter: damaged(answer.damaged), plan };
    for (const [origin, id] of Object.entries(answer.marks)) marks.set(origin, id);
    if (answer.more && block + 1 < MAX_BLOCKS) continue;
    if (answer.more) return { counter: damaged(`it has over ${MAX_BLOCKS} blocks`), plan };
    if (answer.checksum === counterChecksum(marks))
      return { counter: { kind: 'marks', marks }, plan };
    return { counter: damaged('its checksum does not fit'), plan };
  }
}

function damaged(why: string): Counter {
  return { kind: 'damaged', why };
}
