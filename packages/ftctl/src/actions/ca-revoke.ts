import { callHost } from '@ftctl/host/control';
import { CertificateAuthority } from '@ftctl/pki';
import { isFtError } from '@ftctl/sdk';
import type { Call, Context } from '../context.ts';

/** `ftctl ca revoke HOST`. */
export async function run({ out, paths }: Context, { args }: Call<unknown>): Promise<undefined> {
  const host = args[0] ?? '';
  const ca = await CertificateAuthority.open(paths.ca);
  const { serials, tokens } = await ca.revoke(host);
  const served = await isServed(paths);
  const data = { host, revoked: serials, withdrawnTokens: tokens, served };
  await out.result(data, () => {
    const what = `Host ${host}: certificates revoked: ${serials.length}, tokens withdrawn: ${tokens}.`;
    return served
      ? `${what} Other hosts cut their links to it when they fetch the list, within a minute.`
      : `${what} Other hosts learn of it once this host serves the CA: \`ftctl up --detach\`.`;
  });
}

/** Whether the other hosts can fetch the list now. */
async function isServed(paths: Context['paths']): Promise<boolean> {
  try {
    const { tls } = await callHost<{ tls: { ca?: string } }>(paths, 'status');
    return tls.ca !== undefined;
  } catch (error) {
    // It is revoked all the same; that the host is down or does not answer is the answer here.
    if (isFtError(error)) return false;
    throw error;
  }
}
