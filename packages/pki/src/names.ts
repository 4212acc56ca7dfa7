import type { X509Certificate } from 'node:crypto';

/** As the host's configuration has it. */
const HOST_NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;

export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}

/**
 * The host that a certificate of this site proves: its one alternative name,
 * exactly as our CA writes it. Undefined for any other certificate.
 */
export function provedHost(certificate: X509Certificate): string | undefined {
  const { subjectAltName } = certificate;
  if (!subjectAltName?.startsWith('DNS:')) return undefined;
  const name = subjectAltName.slice('DNS:'.length);
  return isHostName(name) ? name : undefined;
}
