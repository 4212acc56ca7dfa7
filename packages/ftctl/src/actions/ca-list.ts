import { CertificateAuthority, type CertificateState, type ListedCertificate } from '@ftctl/pki';
import type { Call, Context } from '../context.ts';
import type { Colour } from '../output/colour.ts';

const COLOURS: Readonly<Record<CertificateState, Colour>> = {
  valid: 'green',
  expiring: 'yellow',
  expired: 'red',
  revoked: 'red',
};

/** `ftctl ca list [--all]`. */
export async function run(
  { out, paths }: Context,
  { options }: Call<{ readonly all?: boolean }>,
): Promise<undefined> {
  const ca = await CertificateAuthority.open(paths.ca);
  const certificates = await ca.certificates();
  const hosts = options.all ? certificates : newest(certificates);
  // Without the hash that finds them: it is of no use to a reader.
  const tokens = (await ca.tokens()).map(({ host, createdAt, expiresAt, again }) => ({
    host,
    createdAt,
    expiresAt,
    again,
  }));
  const { site, host, fingerprint } = ca;
  await out.result({ site, caHost: host, fingerprint, hosts, tokens }, async () => {
    const table = await out.table(
      {
        columns: ['HOST', 'SERIAL', 'ISSUED', 'EXPIRES', 'STATE'],
        rows: hosts.map((one) => [one.host, one.serial, one.issuedAt, one.expiresAt, one.state]),
      },
      {
        paint: (line, column, row) =>
          column === 4 ? out.paint(COLOURS[hosts[row]?.state ?? 'valid'], line) : line,
      },
    );
    const head = `${out.paint('bold', site)}  CA on host ${host}, fingerprint ${fingerprint}`;
    if (tokens.length === 0) return `${head}\n\n${table}\n\nNo token is open.`;
    const open = await out.table({
      columns: ['OPEN TOKEN FOR', 'MADE', 'EXPIRES', 'AGAIN'],
      rows: tokens.map((one) => [one.host, one.createdAt, one.expiresAt, one.again ? 'yes' : '']),
    });
    return `${head}\n\n${table}\n\n${open}`;
  });
}

/** What each host uses: the newest that counts, or else the newest. They come newest first. */
function newest(certificates: readonly ListedCertificate[]): ListedCertificate[] {
  const byHost = new Map<string, ListedCertificate>();
  for (const one of certificates) {
    const known = byHost.get(one.host);
    const counts = one.state === 'valid' || one.state === 'expiring';
    const knownCounts = known?.state === 'valid' || known?.state === 'expiring';
    if (known === undefined || (counts && !knownCounts)) byHost.set(one.host, one);
  }
  return [...byHost.values()];
}
