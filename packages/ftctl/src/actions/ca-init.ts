import { setUpCa } from '@ftctl/host/tls';
import { isAddress } from '@ftctl/pki';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { showProblem, takeOver } from '../host-reload.ts';

interface Options {
  readonly name?: string;
  readonly days: string;
  readonly listen?: string;
}

/** Longest life of a host's certificate, and a shortest that leaves time for renewal. */
const MAX_DAYS = 3_650;
const MIN_DAYS = 0.0001;

/** `ftctl ca init [--name SITE] [--days N] [--listen ADDRESS:PORT]`. */
export async function run({ out, paths }: Context, { options }: Call<Options>): Promise<number> {
  const { name, listen } = options;
  if (name !== undefined && !/^[\x20-\x7e]{1,64}$/.test(name)) {
    throw usage('--name takes 1 to 64 printable characters');
  }
  if (listen !== undefined && !isAddress(listen)) {
    throw usage(`--listen takes ADDRESS:PORT, not ${listen}`);
  }
  const made = await setUpCa({
    paths,
    hostDays: toDays(options.days),
    ...(name === undefined ? {} : { site: name }),
    ...(listen === undefined ? {} : { listen }),
  });
  const { changes, problem } = await takeOver(paths);
  const { site, host, fingerprint, listen: served } = made;
  const data = {
    site,
    host,
    folder: paths.ca,
    fingerprint,
    expiresAt: new Date(made.credentials.expiresAtMs).toISOString(),
    ...(served === undefined ? {} : { listen: served }),
    reloaded: changes !== undefined,
    ...(problem && { problem }),
  };
  const next =
    served === undefined
      ? 'Next: set `ca: { listen: ADDRESS:PORT }` in ftctl.yaml, so that other hosts reach it.'
      : `Other hosts reach it on ${served}. Next: \`ftctl ca token HOST\` here, \`ftctl join TOKEN\` there.`;
  await out.result(
    data,
    () =>
      `Site ${site} has its CA in ${paths.ca}; host ${host} has joined it, its links use TLS.\n` +
      `Fingerprint ${fingerprint}.\n` +
      `Keep a copy of that folder in a safe place: without it no host can join or renew.\n${problem ? showProblem(problem) : next}`,
  );
  return problem ? EXIT.problems : EXIT.ok;
}

function toDays(text: string): number {
  const days = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && days >= MIN_DAYS && days <= MAX_DAYS) return days;
  throw usage(`--days takes a number of days up to ${MAX_DAYS}, not ${text}`);
}

function usage(why: string) {
  return cliErrors.USAGE({ why, help: 'ftctl ca init' });
}
