import { CertificateAuthority, isAddress, pkiErrors } from '@ftctl/pki';
import { isFtError } from '@ftctl/sdk';
import { readConfig } from '../config/read.ts';
import { HOST_NAME_PATTERN } from '../config/schema.ts';
import type { HostConfig } from '../config-types.ts';
import { callHost } from '../control/call.ts';
import { hostErrors } from '../errors.ts';
import type { HomePaths } from '../paths.ts';
import type { HostStatus } from '../status.ts';
import { isWildcard } from './address.ts';

export interface MadeToken {
  readonly host: string;
  /** The secret: whoever has it can join as that host, once. */
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Address of the CA that the token carries. */
  readonly address: string;
}

/**
 * Makes a one-time token with which `host` can join.
 *
 * @throws FtError FT_PKI_NO_CA, FT_PKI_NO_ADDRESS, FT_PKI_HAS_CERTIFICATE, FT_PKI_TOO_MANY,
 *   FT_HOST_NAME, FT_HOST_NO_HOME, FT_HOST_CONFIG
 */
export async function mintToken(options: {
  readonly paths: HomePaths;
  readonly host: string;
  readonly lifetimeMs: number;
  /** `address:port`; without it as the configuration or the running host says. */
  readonly address?: string;
  readonly again?: boolean;
}): Promise<MadeToken> {
  const { paths, host, lifetimeMs, again = false } = options;
  if (!new RegExp(HOST_NAME_PATTERN).test(host)) {
    throw hostErrors.NAME({ name: host, example: 'london-1' });
  }
  const config = await readConfig(paths);
  const ca = await CertificateAuthority.open(paths.ca);
  const address = options.address ?? (await knownAddress(paths, config));
  if (address === undefined || !isAddress(address)) throw pkiErrors.NO_ADDRESS();
  const { token, expiresAt } = await ca.makeToken({ host, address, lifetimeMs, again });
  return { host, token, expiresAt, address };
}

async function knownAddress(paths: HomePaths, { ca }: HostConfig): Promise<string | undefined> {
  if (ca.address !== undefined) return ca.address;
  if (ca.listen !== undefined && !isWildcard(ca.listen)) return ca.listen;
  try {
    const { tls } = await callHost<HostStatus>(paths, 'status');
    return tls.ca === undefined || isWildcard(tls.ca) ? undefined : tls.ca;
  } catch (error) {
    if (isFtError(error, 'FT_HOST_DOWN')) return undefined;
    throw error;
  }
}
