import type { HomePaths } from '@ftctl/host';
import { readConfig } from '@ftctl/host';
import { CertificateAuthority, hasJoined, pkiErrors, readCredentials, summarise } from '@ftctl/pki';
import { isFtError } from '@ftctl/sdk';
import { type Finding, fromError, note, ok, problem } from './check.ts';

/** A list older than this means that the CA, which signs it every hour, is not reached. */
const OLD_LIST_MS = 6 * 3_600_000;
/** A list from further ahead than this means that one of two clocks is wrong. */
const CLOCK_MS = 5 * 60_000;

/** The certificate of this host: there, fitting, private, valid, its list fresh; and the CA, where it is. */
export async function checkCertificate(paths: HomePaths): Promise<readonly Finding[]> {
  const findings = hasJoined(paths.tls)
    ? await checkOwn(paths)
    : [ok('certificate', 'none: links stay on loopback')];
  return [...findings, ...(await checkCa(paths))];
}

async function checkOwn(paths: HomePaths): Promise<Finding[]> {
  const check = 'certificate';
  try {
    const credentials = await readCredentials(paths.tls);
    const { host } = await readConfig(paths);
    if (host !== credentials.host) {
      return [fromError(check, pkiErrors.OWN_NAME({ host: credentials.host, name: host }))];
    }
    const nowMs = Date.now();
    const { state, daysLeft, expiresAt, site, crlAgeMs } = summarise(credentials, nowMs);
    const text = `site ${site}, ${state} until ${expiresAt}, ${daysLeft} days left`;
    const again = `Run \`ftctl ca token ${host} --again\` on the host of the CA, then \`ftctl join\` here.`;
    const findings: Finding[] = [];
    if (state === 'valid') findings.push(ok(check, text));
    else if (state === 'expiring') {
      findings.push(
        note(check, `${text}: it is not renewed`, 'Read `ftctl logs`; `ftctl status`.'),
      );
    } else findings.push(problem(check, `${text}: ${state}`, again));
    findings.push(checkClock(credentials, nowMs), checkList(crlAgeMs));
    return findings;
  } catch (error) {
    return [fromError(check, error)];
  }
}

/** The CA has dated the certificate and the list: neither can lie ahead of a clock that is right. */
function checkClock(
  { issuedAtMs, crlMs }: { readonly issuedAtMs: number; readonly crlMs: number },
  nowMs: number,
): Finding {
  const aheadMs = Math.max(issuedAtMs, crlMs) - nowMs;
  if (aheadMs <= CLOCK_MS) return ok('clock', 'not behind that of the CA');
  const minutes = Math.round(aheadMs / 60_000);
  return problem(
    'clock',
    `${minutes} minutes behind that of the CA`,
    'Set the clock: certificates count as not yet valid on a clock that is over an hour slow.',
  );
}

function checkList(ageMs: number): Finding {
  const hours = Math.round(ageMs / 3_600_000);
  const text = `${hours} h old`;
  if (ageMs <= OLD_LIST_MS) return ok('revocations', text);
  return note(
    'revocations',
    `the list of revoked certificates is ${text}: the CA is not reached`,
    'Check `ftctl status` on the host of the CA, and the network to it.',
  );
}

async function checkCa(paths: HomePaths): Promise<Finding[]> {
  try {
    const ca = await CertificateAuthority.open(paths.ca);
    return [ok('ca', `of site ${ca.site}, in ${paths.ca}`)];
  } catch (error) {
    return isFtError(error, 'FT_PKI_NO_CA') ? [] : [fromError('ca', error)];
  }
}
