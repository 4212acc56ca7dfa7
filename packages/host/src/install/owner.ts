import { randomBytes } from 'node:crypto';
import { processStartTime } from '../process-info.ts';

const TOKEN = /^(\d+)\.([A-Za-z0-9]+)\.[0-9a-f]{12}$/;

/**
 * A file name that says which process owns something: pid, start time of that
 * pid (so that a reused pid is not taken for it) and a random part.
 */
export async function ownerToken(): Promise<string> {
  const started = await startWord(process.pid);
  if (started === undefined) throw new Error(`the system does not know process ${process.pid}`);
  return `${process.pid}.${started}.${randomBytes(6).toString('hex')}`;
}

/** Whether the process that made the token still runs; false for what is no token. */
export async function ownerLives(token: string): Promise<boolean> {
  const match = TOKEN.exec(token);
  return match !== null && (await startWord(Number(match[1]))) === match[2];
}

/** The start time without the blanks and colons that some systems write. */
async function startWord(pid: number): Promise<string | undefined> {
  return (await processStartTime(pid))?.replace(/[^A-Za-z0-9]/g, '');
}
