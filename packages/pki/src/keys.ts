import {
  createECDH,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** The one curve of this site: P-256, which every TLS library knows. */
const CURVE = 'prime256v1';

/** A new private key. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: CURVE }).privateKey;
}

export function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** True for a public key of the kind that our certificates have. */
export function isOurKind(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === CURVE;
}

/** A public key by its SHA-256, hex. */
export function keyHash(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

/** Order of the group of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** More than the order has, so that the remainder is even (FIPS 186-4, B.4.1: 64 bits more). */
const CANDIDATE_BYTES = 40;

/** The private key that a token's seed stands for: the same on both sides, no other from it. */
export function keyFromSeed(seed: Buffer): KeyObject {
  const candidate = Buffer.from(
    hkdfSync('sha256', seed, Buffer.alloc(0), 'ftctl join token', CANDIDATE_BYTES),
  );
  const scalar = (BigInt(`0x${candidate.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const text = (bytes: Buffer) => bytes.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', d: text(d) };
  const x = text(point.subarray(1, 33));
  const y = text(point.subarray(33));
  return createPrivateKey({ format: 'jwk', key: { ...jwk, x, y } });
}

/** A serial number: 16 random bytes, positive, without a leading zero, hex in upper case. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex').toUpperCase();
}
