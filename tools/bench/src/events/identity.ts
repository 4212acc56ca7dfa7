import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialsSource } from '@ftctl/link';
import { initCa, keyToPem, newKey } from '@ftctl/pki';

const HOUR_MS = 3_600_000;

/** What a host proves itself with, all PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
  readonly crl: string;
}

/** A site of its own for one benchmark: certificates of its CA for these hosts. */
export async function makeIdentities<Host extends string>(
  hosts: readonly Host[],
): Promise<Readonly<Record<Host, Identity>>> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  try {
    const site = { site: 'bench', host: 'ca', hostLifetimeMs: HOUR_MS };
    const ca = await initCa({ folder: join(folder, 'ca'), ...site });
    const made = {} as Record<Host, Identity>;
    for (const host of hosts) {
      const key = newKey();
      const { certificate } = await ca.issueTo(host, createPublicKey(key));
      made[host] = {
        key: keyToPem(key),
        certificate,
        ca: ca.certificate,
        crl: await ca.freshCrl(),
      };
    }
    return made;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Credentials for a link that never change. */
export function credentialsOf(identity: Identity): CredentialsSource {
  const credentials = { ...identity, revoked: new Set<string>() };
  return { current: () => credentials, onChange: () => () => undefined };
}
