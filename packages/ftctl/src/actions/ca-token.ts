import { mintToken } from '@ftctl/host/tls';
import { isAddress, MAX_TOKEN_MS } from '@ftctl/pki';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';

interface Options {
  readonly expires: string;
  readonly address?: string;
  readonly again?: boolean;
}

/** `ftctl ca token HOST [--expires TIME] [--address ADDRESS:PORT] [--again]`. */
export async function run(
  { out, paths, io }: Context,
  { args, options }: Call<Options>,
): Promise<undefined> {
  const { address, again = false } = options;
  if (address !== undefined && !isAddress(address)) {
    throw usage(`--address takes ADDRESS:PORT, not ${address}`);
  }
  const lifetimeMs = toMs(options.expires);
  const made = await mintToken({
    paths,
    host: args[0] ?? '',
    lifetimeMs,
    again,
    ...(address === undefined ? {} : { address }),
  });
  await out.result(made, () => made.token);
  if (out.json) return undefined;
  // Beside the token, so that a pipe gets the token alone.
  const { host, expiresAt } = made;
  io.stderr.write(
    `For host ${host}, once, until ${expiresAt}. There: \`ftctl join -\` reads it from standard input.\n`,
  );
  return undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function toMs(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (ms > 0 && ms <= MAX_TOKEN_MS) return ms;
  throw usage(`--expires takes a time like 30s, 15m, 2h or 1d, at most 7d, not ${text}`);
}

function usage(why: string) {
  return cliErrors.USAGE({ why, help: 'ftctl ca token' });
}
