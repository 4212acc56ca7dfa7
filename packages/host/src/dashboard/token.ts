import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HomePaths } from '../paths.ts';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const TOKEN_BYTES = 32;

export function tokenFile(paths: HomePaths): string {
  return join(paths.home, 'dashboard-token');
}

/** The token that opens the dashboard of this host, made when there is none; whoever may read the file may look. */
export async function readToken(paths: HomePaths): Promise<string> {
  const file = tokenFile(paths);
  const known = await readFile(file, 'utf8').catch(() => '');
  if (TOKEN.test(known.trim())) {
    await chmod(file, 0o600);
    return known.trim();
  }
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** What a browser that has shown the token keeps: nobody learns the token from it, and a new token makes it void. */
export function sessionOf(token: string): string {
  return createHmac('sha256', token).update('session of the dashboard').digest('base64url');
}

/** Compares in a time that tells nothing of where two texts differ. */
export function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
