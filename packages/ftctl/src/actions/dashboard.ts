import type { HostStatus } from '@ftctl/host';
import { callHost } from '@ftctl/host/control';
import { readToken, tokenFile } from '@ftctl/host/dashboard';
import type { Call, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** `ftctl dashboard`: where the page is, and what opens it. */
export async function run(
  { out, paths }: Context,
  { options }: Call<{ readonly token?: boolean }>,
): Promise<number | undefined> {
  const { dashboard } = await callHost<HostStatus>(paths, 'status');
  if (dashboard === undefined) {
    await out.result({ address: null }, () => 'The dashboard is not served; see `ftctl status`.');
    return EXIT.failed;
  }
  const file = tokenFile(paths);
  const token = options.token === true ? { token: await readToken(paths) } : {};
  await out.result({ address: dashboard, tokenFile: file, ...token }, () =>
    [`address ${dashboard}`, `token   ${token.token ?? `in ${file}`}`].join('\n'),
  );
  return undefined;
}
