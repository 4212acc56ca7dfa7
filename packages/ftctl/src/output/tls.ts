import type { TlsStatus } from '@ftctl/host/control';

/** One line about TLS for people. */
export function showTls({ on, certificate, problem, ca }: TlsStatus): string {
  if (!on) return 'TLS off: links on loopback alone (`ftctl join`)';
  const parts = ['TLS on'];
  if (certificate) {
    const { site, daysLeft, expiresAt, state } = certificate;
    const left = state === 'expired' ? `expired at ${expiresAt}` : `${daysLeft} days left`;
    parts.push(`site ${site}`, state === 'valid' ? left : `certificate ${state}, ${left}`);
  }
  if (ca !== undefined) parts.push(`CA on ${ca}`);
  if (problem !== undefined) parts.push(problem);
  return parts.join(', ');
}
