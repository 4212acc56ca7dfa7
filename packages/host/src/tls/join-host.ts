import { type Credentials, decodeToken } from '@ftctl/pki';
import { joinSite } from '@ftctl/pki/enrolment';
import { readConfig } from '../config/read.ts';
import type { HomePaths } from '../paths.ts';

/**
 * Lets the host of this home join the site that a token is of.
 *
 * @throws FtError FT_PKI_TOKEN, those of `joinSite`, FT_HOST_NO_HOME, FT_HOST_CONFIG
 */
export async function joinHost(paths: HomePaths, token: string): Promise<Credentials> {
  const decoded = decodeToken(token.trim());
  // Its addresses may be such that only a joined host may use them.
  const { host } = await readConfig(paths, { joined: true });
  return joinSite(paths.tls, host, decoded);
}
