import { defineErrors } from '@ftctl/sdk';
import * as v from 'valibot';
import { MAX_VOTERS } from './voters.ts';

/**
 * What the workstations of a domain say to each other about who manages it.
 * Each message is a datagram: it may be lost, doubled and late, so each can be
 * said again, and each carries the highest epoch and the newest list of voters
 * that its sender has stored.
 */

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ms = v.pipe(v.number(), v.finite());
const life = v.pipe(v.string(), v.maxLength(64));
const epoch = v.object({ number: count, owner: name });
const names = v.pipe(v.array(name), v.minLength(1), v.maxLength(MAX_VOTERS), v.readonly());
const voters = v.object({
  version: v.object({ era: count, n: count }),
  names,
  previous: v.exactOptional(names),
});
const head = { domain: name, epoch, voters };
/** `life` and `atMs` are the asker's own, sent back to it: which of its questions this answers. */
const asked = { life, atMs: ms };
const by = v.picklist(['itself', 'hand', 'force']);
/** Grants to `holder` for what it asked up to then are given back. */
const release = v.object({ holder: name, life, upToMs: ms });

const refusals = [
  'higher',
  'promised',
  'wait',
  'unfit',
  'old-list',
  'unlearned',
  'no-voter',
] as const;

const schema = v.variant('kind', [
  v.object({ kind: v.literal('ask'), ...head, ...asked }),
  v.object({
    kind: v.literal('report'),
    ...head,
    ...asked,
    promised: v.exactOptional(epoch),
    learned: v.boolean(),
    fresh: v.boolean(),
    /** How long the reporter will not promise to the asker. */
    waitMs: ms,
    /** The reporter asks for the role itself at the moment. */
    claiming: v.boolean(),
  }),
  v.object({
    kind: v.literal('claim'),
    ...head,
    ...asked,
    claim: epoch,
    by,
    unfit: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
    /** What the old manager gave back when it handed over. */
    release: v.exactOptional(release),
  }),
  v.object({ kind: v.literal('promise'), ...head, ...asked, claim: epoch }),
  v.object({
    kind: v.literal('refuse'),
    ...head,
    ...asked,
    /** Absent for a refused renewal. */
    claim: v.exactOptional(epoch),
    why: v.picklist(refusals),
    promised: v.exactOptional(epoch),
    waitMs: ms,
    reason: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  }),
  /** From the owner of the epoch: asks for a lease when `lease`; `held`: it may act as it is. */
  v.object({ kind: v.literal('renew'), ...head, ...asked, lease: v.boolean(), held: v.boolean() }),
  v.object({ kind: v.literal('grant'), ...head, ...asked }),
  v.object({ kind: v.literal('known'), ...head }),
  v.object({ kind: v.literal('handover'), ...head, ...asked, by }),
  v.object({ kind: v.literal('handed'), ...head, ...asked, release }),
  v.object({ kind: v.literal('release'), ...head, release }),
]);

export type SwitchMessage = v.InferOutput<typeof schema>;
export type Refusal = (typeof refusals)[number];
export type Release = v.InferOutput<typeof release>;
/** Who asks for a majority: a candidate by itself, an operator, an operator with `--force`. */
export type ClaimBy = 'itself' | 'hand' | 'force';
export type MessageOf<K extends SwitchMessage['kind']> = Extract<SwitchMessage, { kind: K }>;

export const switcherErrors = defineErrors('EPOCH', {
  MESSAGE: {
    text: 'a message about the management of a domain from {from} is not understood: {problem}',
    meaning: 'It was dropped. Epochs and votes do not depend on single messages.',
    action: 'Compare the versions of ftctl here and on {from}.',
  },
});

/**
 * Reads a message of another workstation.
 *
 * @throws FtError FT_EPOCH_MESSAGE naming what is wrong in it
 */
export function readSwitchMessage(value: unknown, from: string): SwitchMessage {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw switcherErrors.MESSAGE({
    from,
    problem: path === null ? issue.message : `${path}: ${issue.message}`,
  });
}
