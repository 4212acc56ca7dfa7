import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HomePaths } from '@ftctl/host';

/** Messages of a host about the end of a plugin's process. */
const ENDED = new Set(['FTHO020W', 'FTHO021E']);
/** What a test does to a process; every other end is the process's own fault. */
const KILLED = /^killed by SIG(KILL|TERM)\b/;

interface LogLine {
  readonly id?: string;
  readonly time?: string;
  readonly params?: { readonly plugin?: string; readonly why?: string };
}

/** How plugins of a host have ended by themselves, as its log tells: a line each, with when and why. */
export async function crashesOf({ logs }: HomePaths): Promise<readonly string[]> {
  const text = await readFile(join(logs, 'host.log'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const { id = '', time, params: { plugin, why = '' } = {} } = parsed(line);
    return ENDED.has(id) && !KILLED.test(why) ? [`${time} ${plugin}: ${why}`] : [];
  });
}

/** Nothing of a line that a kill of the host has cut off. */
function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
