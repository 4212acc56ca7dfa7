import type { TlsStatus } from '@ftctl/host/control';
import { duration } from './duration.ts';

/** One line about TLS for people. */
export function showTls({ on, certificate, problem, ca }: TlsStatus): string {
  if (!on) return 'TLS off: links on loopback alone (`ftctl join`)';
  const parts = ['TLS on'];
  if (certificate) {
    const { site, expiresAt, state } = certificate;
    const left = `${duration(Date.parse(expiresAt) - Date.now())} left`;
    parts.push(`site ${site}`, state === 'valid' ? left : `certificate ${state}, ${left}`);
  }
  if (ca !== undefined) parts.push(`CA on ${ca}`);
  if (problem !== undefined) parts.push(problem);
  return parts.join(', ');
}
