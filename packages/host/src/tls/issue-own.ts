import { createPublicKey } from 'node:crypto';
import { type CertificateAuthority, keyToPem, newKey, writeCredentials } from '@ftctl/pki';
import type { HomePaths } from '../paths.ts';

/** Gives the host of the CA a certificate of its own, new key included. */
export async function issueOwn(paths: HomePaths, ca: CertificateAuthority): Promise<void> {
  const key = newKey();
  const { certificate } = await ca.issueTo(ca.host, createPublicKey(key));
  await writeCredentials(paths.tls, {
    site: { site: ca.site, caHost: ca.host },
    ca: ca.certificate,
    crl: await ca.freshCrl(),
    key: keyToPem(key),
    certificate,
  });
}
