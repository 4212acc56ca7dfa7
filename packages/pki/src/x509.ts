/**
 * Writes certificates, requests and revocation lists. The only file that loads
 * an ASN.1 library, so it is imported where it is needed and when, not before.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';
import { pkiErrors } from './errors.ts';
import { isOurKind, keyHash } from './keys.ts';
import { MAX_CSR_LENGTH } from './limits.ts';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
const SERVER_AND_CLIENT = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
/** From this year on times have four digits for it (RFC 5280, 4.1.2.5). */
const GENERALIZED_FROM = Date.UTC(2050, 0, 1);

export interface Span {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The CA's certificate together with its key. */
export interface Issuer {
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
}

/** The certificate of a CA, signed by itself. PEM. */
export function makeCaCertificate(name: string, key: KeyObject, serial: string, span: Span) {
  const subject = nameOf(name);
  const publicKey = createPublicKey(key);
  return makeCertificate({ subject, issuer: subject, publicKey, serial, span, key }, [
    extension(
      EXTENSION.basicConstraints,
      new asn1.BasicConstraints({ cA: true, pathLenConstraint: 0 }),
      true,
    ),
    extension(
      EXTENSION.keyUsage,
      new asn1.KeyUsage(asn1.KeyUsageFlags.keyCertSign | asn1.KeyUsageFlags.cRLSign),
      true,
    ),
    extension(EXTENSION.subjectKeyIdentifier, new asn1.SubjectKeyIdentifier(keyId(publicKey))),
  ]);
}

/** The certificate of a host, for both ends of a link. PEM. */
export function makeHostCertificate(
  issuer: Issuer,
  host: string,
  publicKey: KeyObject,
  serial: string,
  span: Span,
): string {
  const issuerName = parseCertificate(issuer.certificate).tbsCertificate.subject;
  const parts = { subject: nameOf(host), issuer: issuerName, publicKey, serial, span };
  return makeCertificate({ ...parts, key: issuer.key }, [
    extension(EXTENSION.basicConstraints, new asn1.BasicConstraints({ cA: false }), true),
    extension(EXTENSION.keyUsage, new asn1.KeyUsage(asn1.KeyUsageFlags.digitalSignature), true),
    extension(EXTENSION.extendedKeyUsage, new asn1.ExtendedKeyUsage(SERVER_AND_CLIENT)),
    extension(
      EXTENSION.subjectAltName,
      new asn1.SubjectAlternativeName([new asn1.GeneralName({ dNSName: host })]),
    ),
    extension(EXTENSION.subjectKeyIdentifier, new asn1.SubjectKeyIdentifier(keyId(publicKey))),
    extension(EXTENSION.authorityKeyIdentifier, authorityKeyIdOf(issuer)),
  ]);
}

/** A certificate that proves nothing but that its sender has this key. PEM. */
export function makeSelfSigned(key: KeyObject, serial: string, span: Span): string {
  const subject = nameOf('ftctl join token');
  const publicKey = createPublicKey(key);
  return makeCertificate({ subject, issuer: subject, publicKey, serial, span, key }, [
    extension(EXTENSION.keyUsage, new asn1.KeyUsage(asn1.KeyUsageFlags.digitalSignature), true),
    extension(EXTENSION.extendedKeyUsage, new asn1.ExtendedKeyUsage(SERVER_AND_CLIENT)),
  ]);
}

/** A request for a certificate (PKCS #10). It names nobody: the CA knows who asks. PEM. */
export function makeRequest(key: KeyObject): string {
  const info = new CertificationRequestInfo({
    subject: new asn1.Name([]),
    subjectPKInfo: publicKeyInfo(createPublicKey(key)),
  });
  const signed = AsnConvert.serialize(info);
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    certificationRequestInfoRaw: signed,
    signatureAlgorithm: algorithm(),
    signature: signature(signed, key),
  });
  return toPem('CERTIFICATE REQUEST', AsnConvert.serialize(request));
}

/**
 * The public key of a request, after its signature was checked. Nothing else of
 * the request is used.
 *
 * @throws FtError FT_PKI_REQUEST
 */
export function readRequest(pem: string): KeyObject {
  try {
    if (pem.length > MAX_CSR_LENGTH) throw new Error(`more than ${MAX_CSR_LENGTH} characters`);
    const request = AsnConvert.parse(fromPem('CERTIFICATE REQUEST', pem), CertificationRequest);
    const info = request.certificationRequestInfo;
    const publicKey = createPublicKey({
      key: Buffer.from(AsnConvert.serialize(info.subjectPKInfo)),
      format: 'der',
      type: 'spki',
    });
    if (!isOurKind(publicKey)) throw new Error('its key is not P-256');
    if (request.signatureAlgorithm.algorithm !== ECDSA_WITH_SHA256) {
      throw new Error('it is not signed with ECDSA and SHA-256');
    }
    const signed = request.certificationRequestInfoRaw ?? AsnConvert.serialize(info);
    if (!verify('sha256', Buffer.from(signed), publicKey, Buffer.from(request.signature))) {
      throw new Error('its signature does not fit its key');
    }
    return publicKey;
  } catch (cause) {
    throw pkiErrors.REQUEST({ why: cause instanceof Error ? cause.message : String(cause) }, cause);
  }
}

export interface Revoked {
  readonly serial: string;
  readonly atMs: number;
}

/** A revocation list, version 2. PEM. */
export function makeCrl(
  issuer: Issuer,
  revoked: readonly Revoked[],
  number: bigint,
  span: { readonly thisUpdateMs: number; readonly nextUpdateMs: number },
): string {
  const entries = revoked.map(
    ({ serial, atMs }) =>
      new asn1.RevokedCertificate({
        userCertificate: toBytes(Buffer.from(serial, 'hex')),
        revocationDate: time(atMs),
      }),
  );
  const list = new asn1.TBSCertList({
    version: asn1.Version.v2,
    signature: algorithm(),
    issuer: parseCertificate(issuer.certificate).tbsCertificate.subject,
    thisUpdate: time(span.thisUpdateMs),
    nextUpdate: time(span.nextUpdateMs),
    ...(entries.length > 0 ? { revokedCertificates: entries } : {}),
    crlExtensions: [
      extension(EXTENSION.authorityKeyIdentifier, authorityKeyIdOf(issuer)),
      new asn1.Extension({
        extnID: EXTENSION.crlNumber,
        extnValue: new OctetString(derInteger(number)),
      }),
    ],
  });
  const signed = AsnConvert.serialize(list);
  const whole = new asn1.CertificateList({
    tbsCertList: list,
    tbsCertListRaw: signed,
    signatureAlgorithm: algorithm(),
    signature: signature(signed, issuer.key),
  });
  return toPem('X509 CRL', AsnConvert.serialize(whole));
}

interface CertificateParts {
  readonly subject: asn1.Name;
  readonly issuer: asn1.Name;
  readonly publicKey: KeyObject;
  readonly serial: string;
  readonly span: Span;
  /** Signs it. */
  readonly key: KeyObject;
}

function makeCertificate(parts: CertificateParts, extensions: asn1.Extension[]): string {
  const { subject, issuer, publicKey, serial, span, key } = parts;
  const certificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: toBytes(Buffer.from(serial, 'hex')),
    signature: algorithm(),
    issuer,
    subject,
    validity: new asn1.Validity({
      notBefore: new Date(span.notBeforeMs),
      notAfter: new Date(span.notAfterMs),
    }),
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    extensions: new asn1.Extensions(extensions),
  });
  const signed = AsnConvert.serialize(certificate);
  const whole = new asn1.Certificate({
    tbsCertificate: certificate,
    tbsCertificateRaw: signed,
    signatureAlgorithm: algorithm(),
    signatureValue: signature(signed, key),
  });
  return toPem('CERTIFICATE', AsnConvert.serialize(whole));
}

function parseCertificate(pem: string): asn1.Certificate {
  return AsnConvert.parse(fromPem('CERTIFICATE', pem), asn1.Certificate);
}

function nameOf(commonName: string): asn1.Name {
  const value = new asn1.AttributeValue({ utf8String: commonName });
  const attribute = new asn1.AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new asn1.Name([new asn1.RelativeDistinguishedName([attribute])]);
}

function extension(extnID: string, value: object, critical = false): asn1.Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value));
  return new asn1.Extension({ extnID, critical, extnValue });
}

function algorithm(): asn1.AlgorithmIdentifier {
  return new asn1.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
}

function signature(signed: ArrayBuffer, key: KeyObject): ArrayBuffer {
  return toBytes(sign('sha256', Buffer.from(signed), key));
}

function publicKeyInfo(key: KeyObject): asn1.SubjectPublicKeyInfo {
  const der = key.export({ type: 'spki', format: 'der' });
  return AsnConvert.parse(toBytes(der), asn1.SubjectPublicKeyInfo);
}

/** 20 bytes of a digest of the key (RFC 7093, method 1). */
function keyId(publicKey: KeyObject): ArrayBuffer {
  return toBytes(Buffer.from(keyHash(publicKey), 'hex').subarray(0, 20));
}

function authorityKeyIdOf(issuer: Issuer): asn1.AuthorityKeyIdentifier {
  const keyIdentifier = new asn1.KeyIdentifier(keyId(createPublicKey(issuer.key)));
  return new asn1.AuthorityKeyIdentifier({ keyIdentifier });
}

function time(ms: number): asn1.Time {
  const date = new Date(ms);
  return new asn1.Time(ms < GENERALIZED_FROM ? { utcTime: date } : { generalTime: date });
}

/** A number that a CRL carries, which may be larger than the library's own integers. */
function derInteger(value: bigint): ArrayBuffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  const bytes = Buffer.from(hex, 'hex');
  return toBytes(Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]));
}

/** A copy of its own: a Buffer may be a window of a larger piece of memory. */
function toBytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function fromPem(label: string, pem: string): ArrayBuffer {
  const [, body] = pem.split(`-----BEGIN ${label}-----`);
  const base64 = body?.split(`-----END ${label}-----`)[0];
  if (base64 === undefined) throw new Error(`there is no ${label} in PEM`);
  return toBytes(Buffer.from(base64, 'base64'));
}
