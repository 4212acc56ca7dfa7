import { createInterface } from 'node:readline/promises';
import type { Io } from './io.ts';

/** Asks on the terminal; yes without asking when there is none. */
export async function confirmOnTerminal(io: Io, question: string): Promise<boolean> {
  if (!io.stdin.isTTY || !io.stderr.isTTY) return true;
  const terminal = createInterface({ input: io.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
