import { hasJoined, joinHost, mintToken, setUpCa } from '@ftctl/host/tls';
import type { LabDefinition } from './definition.ts';
import type { Lab } from './lab.ts';
import { MAX_PARALLEL_STARTS } from './limits.ts';
import { freePorts } from './network.ts';
import { inParallel } from './parallel.ts';
import type { CaPlace } from './setup.ts';

/** Life of a certificate in a lab, in days. */
const HOST_DAYS = 90;
/** Life of a token in a lab: it is used at once. */
const TOKEN_MS = 60_000;

/** What each host's configuration says of the CA; nothing in a lab without TLS. */
export async function placeCa(
  definition: LabDefinition,
): Promise<{ readonly ca?: (host: string) => CaPlace }> {
  const { tls } = definition;
  if (tls === undefined) return {};
  const [found] = await freePorts([{ host: tls }]);
  const address = `127.0.0.1:${found?.port}`;
  return { ca: (host) => (host === tls ? { listen: address } : { address }) };
}

/**
 * In a lab with TLS: makes the CA, starts its host, and lets all others join as
 * `ftctl ca token` and `ftctl join` do. Hosts of an earlier lab have joined already.
 */
export async function startCaHost(lab: Lab, onStep: (text: string) => void): Promise<void> {
  const { tls } = lab.definition;
  if (tls === undefined) return;
  onStep(`starting ${tls}, which has the CA`);
  const first = lab.host(tls);
  if (!hasJoined(first.paths.tls)) {
    await setUpCa({ paths: first.paths, site: 'lab', hostDays: HOST_DAYS });
  }
  await first.start();
  const strangers = lab.hosts.filter(({ paths }) => !hasJoined(paths.tls));
  await inParallel(strangers, MAX_PARALLEL_STARTS, async ({ name, paths }) => {
    // Again: a lab that was killed in the middle of a join is started in the same folder.
    const options = { paths: first.paths, host: name, lifetimeMs: TOKEN_MS, again: true };
    const made = await mintToken(options);
    await joinHost(paths, made.token);
    onStep(`${name} has joined`);
  });
}
