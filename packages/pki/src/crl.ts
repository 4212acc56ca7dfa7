import { type KeyObject, verify } from 'node:crypto';
import { DerReader, TAG } from './der.ts';
import { pkiErrors } from './errors.ts';
import { MAX_CRL_BYTES } from './limits.ts';

/** A revocation list after its signature was checked. */
export interface RevocationList {
  readonly thisUpdateMs: number;
  /** Serial numbers as `X509Certificate.serialNumber` gives them: hex, upper case. */
  readonly serials: ReadonlySet<string>;
}

/**
 * Reads a revocation list (RFC 5280, 5.1) and checks that this CA has signed it.
 *
 * @param source names it in errors
 * @throws FtError FT_PKI_DAMAGED
 */
export function readCrl(pem: string, caKey: KeyObject, source: string): RevocationList {
  try {
    if (pem.length > MAX_CRL_BYTES) throw new Error(`more than ${MAX_CRL_BYTES} bytes`);
    const outer = new DerReader(new DerReader(fromPem(pem)).take(TAG.sequence).value);
    const list = outer.take(TAG.sequence);
    outer.take(TAG.sequence);
    // The first byte counts the bits that the last one does not use: none.
    const signature = outer.take(TAG.bitString).value.subarray(1);
    if (!verify('sha256', list.whole, caKey, signature)) {
      throw new Error('it is not signed by the CA of this site');
    }
    return readList(new DerReader(list.value));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw pkiErrors.DAMAGED({ path: source, why }, cause);
  }
}

function readList(list: DerReader): RevocationList {
  if (list.peek() === TAG.integer) list.take(TAG.integer);
  list.take(TAG.sequence);
  list.take(TAG.sequence);
  const thisUpdateMs = takeTime(list);
  if (isTime(list.peek())) takeTime(list);
  const serials = new Set<string>();
  if (list.peek() === TAG.sequence) {
    const entries = new DerReader(list.take(TAG.sequence).value);
    while (!entries.isDone) {
      const entry = new DerReader(entries.take(TAG.sequence).value);
      serials.add(toSerial(entry.take(TAG.integer).value));
    }
  }
  return { thisUpdateMs, serials };
}

function isTime(tag: number | undefined): boolean {
  return tag === TAG.utcTime || tag === TAG.generalizedTime;
}

/** `YYMMDDhhmmssZ` up to 2049, `YYYYMMDDhhmmssZ` after it (RFC 5280, 4.1.2.5). */
function takeTime(reader: DerReader): number {
  const tag = reader.peek() === TAG.utcTime ? TAG.utcTime : TAG.generalizedTime;
  const text = reader.take(tag).value.toString('latin1');
  const digits = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (digits === null) throw new Error(`${text} is no time`);
  const [, year = '', month, day, hour, minute, second] = digits;
  const full = year.length === 4 ? year : `${Number(year) < 50 ? '20' : '19'}${year}`;
  const ms = Date.parse(`${full}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(ms)) throw new Error(`${text} is no time`);
  return ms;
}

/** A serial number without the zero byte that only says that it is positive. */
function toSerial(value: Buffer): string {
  const bytes = value[0] === 0 && value.length > 1 ? value.subarray(1) : value;
  return bytes.toString('hex').toUpperCase();
}

function fromPem(pem: string): Buffer {
  const body = /^-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----\s*$/.exec(pem);
  if (body === null) throw new Error('it is not a revocation list in PEM');
  return Buffer.from(body[1] ?? '', 'base64');
}
