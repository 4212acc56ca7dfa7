import { randomBytes } from 'node:crypto';
import { pkiErrors } from './errors.ts';
import { MAX_TOKEN_LENGTH } from './limits.ts';
import { isHostName } from './names.ts';

const PREFIX = 'ftj1_';
const SEED_BYTES = 32;
/** `address:port`, or `[ipv6]:port`. */
const ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$/;

/** What a token says. Whoever has it can join as that host, once, until it expires. */
export interface JoinToken {
  /** Host that may join. */
  readonly host: string;
  /** Host of the CA, and where it is: `address:port`. */
  readonly caHost: string;
  readonly address: string;
  /** SHA-256 of the CA's certificate, hex in lower case. */
  readonly fingerprint: string;
  /** The key is derived from it: `keyFromSeed`. */
  readonly seed: Buffer;
}

export function newSeed(): Buffer {
  return randomBytes(SEED_BYTES);
}

/** One word, without characters that a shell cares about. */
export function encodeToken(token: JoinToken): string {
  const { host, caHost, address, fingerprint, seed } = token;
  const pin = Buffer.from(fingerprint, 'hex').toString('base64url');
  const fields = [host, caHost, address, pin, seed.toString('base64url')];
  return PREFIX + Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @throws FtError FT_PKI_TOKEN */
export function decodeToken(text: string): JoinToken {
  const fail = (why: string) => pkiErrors.TOKEN({ why });
  if (!text.startsWith(PREFIX)) throw fail(`it does not begin with ${PREFIX}`);
  if (text.length > MAX_TOKEN_LENGTH) throw fail(`it has over ${MAX_TOKEN_LENGTH} characters`);
  const fields = parse(text.slice(PREFIX.length));
  if (fields === undefined) throw fail('a part of it is missing or changed');
  const [host = '', caHost = '', address = '', pin = '', seedText = ''] = fields;
  const fingerprint = Buffer.from(pin, 'base64url').toString('hex');
  const seed = Buffer.from(seedText, 'base64url');
  const isSound =
    isHostName(host) &&
    isHostName(caHost) &&
    isAddress(address) &&
    fingerprint.length === 64 &&
    seed.length === SEED_BYTES;
  if (!isSound) throw fail('a part of it is missing or changed');
  return { host, caHost, address, fingerprint, seed };
}

/** True for `address:port` with a port that can be used. */
export function isAddress(text: string): boolean {
  const port = Number(text.slice(text.lastIndexOf(':') + 1));
  return ADDRESS.test(text) && port >= 1 && port <= 65_535;
}

function parse(text: string): readonly string[] | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const isList = Array.isArray(value) && value.length === 5;
    return isList && value.every((one) => typeof one === 'string') ? value : undefined;
  } catch {
    // Not JSON: cut short or changed, which is what the caller is told.
    return undefined;
  }
}
