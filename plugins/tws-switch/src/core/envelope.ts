import { checked, EVENT_LIMITS, eventSchema, identityEntries, type Message } from '@ftctl/plan';
import { type Codec, json, text } from '@ftctl/sdk';
import * as v from 'valibot';

/**
 * A message on a road: with the id before it in this reader's stream of the same
 * origin, so that a reader tells the next one from one behind a gap.
 */
export interface Envelope {
  readonly prev: number;
  readonly message: Message;
  /** The message as it is written, without `prev`: passed on without being written again. */
  readonly sealed: string;
}

const { ws, inc, nonce, id } = identityEntries;
const names = v.pipe(v.array(v.string()), v.maxLength(EVENT_LIMITS.listLength));
const shape = v.strictTuple([
  v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  ws,
  inc,
  nonce,
  id,
  names,
  eventSchema,
]);

/** Writes a message once; every road takes the same text. */
export function seal(message: Message): string {
  const { ws, inc, nonce, id, to, event } = message;
  return `${JSON.stringify([ws, inc, nonce, id, to, event]).slice(1)}`;
}

/** Bytes of an envelope. */
export function wrap(prev: number, sealed: string): Uint8Array {
  return text.encode(`[${prev},${sealed}`);
}

const parsed = json('a message', (value) => checked(shape, value));

/** `[prev, workstation, incarnation, nonce, id, to, event]` as JSON. */
export const envelopeCodec: Codec<Envelope> = {
  encode: ({ prev, sealed }) => wrap(prev, sealed),
  decode(bytes) {
    const [prev, ws, inc, nonce, id, to, event] = parsed.decode(bytes);
    const written = text.decode(bytes);
    return {
      prev,
      message: { ws, inc, nonce, id, to, event },
      sealed: written.slice(written.indexOf(',') + 1),
    };
  },
};

/** A message that was passed on as it is written: checked again. @throws FtError FT_CODEC_INVALID */
export function unseal(sealed: string): Envelope {
  return envelopeCodec.decode(wrap(0, sealed));
}

/**
 * An envelope that this store holds: it was checked when it came in, and the
 * store compares its checksum, so it is not checked once more.
 */
export function unwrapStored(bytes: Uint8Array): Envelope {
  const written = text.decode(bytes);
  const [prev, ws, inc, nonce, id, to, event] = JSON.parse(written) as v.InferOutput<typeof shape>;
  return {
    prev,
    message: { ws, inc, nonce, id, to, event },
    sealed: written.slice(written.indexOf(',') + 1),
  };
}
