import { existsSync } from 'node:fs';
import {
  CertificateAuthority,
  type Credentials,
  DAY_MS,
  hasJoined,
  initCa,
  pkiErrors,
  readCredentials,
} from '@ftctl/pki';
import { editConfig, setIn } from '../config/edit.ts';
import { readConfig } from '../config/read.ts';
import type { HomePaths } from '../paths.ts';
import { issueOwn } from './issue-own.ts';

export interface MadeCa {
  readonly site: string;
  readonly host: string;
  /** SHA-256 of the CA's certificate, hex. */
  readonly fingerprint: string;
  /** Where the CA will be served; absent when the configuration does not say. */
  readonly listen?: string;
  readonly credentials: Credentials;
}

/**
 * Makes the CA of a site in this home and enrols this host. Called again after
 * it was killed in between, it does the rest.
 *
 * @param options.listen is written into ftctl.yaml
 * @throws FtError FT_PKI_CA_EXISTS, FT_PKI_OTHER_SITE, FT_HOST_NO_HOME, FT_HOST_CONFIG
 */
export async function setUpCa(options: {
  readonly paths: HomePaths;
  /** Default: the name of this host. */
  readonly site?: string;
  /** Life of a host's certificate. */
  readonly hostDays: number;
  readonly listen?: string;
}): Promise<MadeCa> {
  const { paths, hostDays, listen } = options;
  const { host, ca: configured } = await readConfig(paths, { joined: true });
  const { site = host } = options;
  const hasCa = existsSync(paths.ca);
  if (hasJoined(paths.tls)) {
    if (hasCa) throw pkiErrors.CA_EXISTS({ folder: paths.ca });
    const { site: other } = await readCredentials(paths.tls);
    throw pkiErrors.OTHER_SITE({ site: other.site, folder: paths.tls });
  }
  const hostLifetimeMs = hostDays * DAY_MS;
  const ca = hasCa
    ? await CertificateAuthority.open(paths.ca)
    : await initCa({ folder: paths.ca, site, host, hostLifetimeMs });
  await issueOwn(paths, ca);
  if (listen !== undefined) {
    await editConfig(paths, (document) => setIn(document, ['ca', 'listen'], listen));
  }
  const served = listen ?? configured.listen;
  return {
    site: ca.site,
    host,
    fingerprint: ca.fingerprint,
    ...(served === undefined ? {} : { listen: served }),
    credentials: await readCredentials(paths.tls),
  };
}
