import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines to send, and in words where they come from. */
export interface Input {
  readonly source: string;
  readonly lines: readonly string[];
}

/** Longest line that is sent; `logger` would cut a longer one into two messages. */
const MAX_LINE_CHARACTERS = 800;
/** A log with fewer lines is too short to show anything. */
const MIN_LINES = 100;
const MACHINE_LOGS = ['/var/log/syslog', '/var/log/messages', '/var/log/kern.log'];

/** Real lines of `file`, else of this machine's own logs, else generated ones. */
export async function chooseInput(file: string | undefined): Promise<Input> {
  if (file !== undefined) {
    const lines = await readLines(file);
    if (lines.length === 0) throw new Error(`${file} has no lines of text`);
    return { source: file, lines };
  }
  for (const log of MACHINE_LOGS) {
    const lines = await readLines(log).catch(() => []);
    if (lines.length >= MIN_LINES) return { source: `${log} of this machine`, lines };
  }
  return { source: 'generated lines', lines: generateLines(2_000) };
}

/** The real lines that tests use: `loghub/Linux_2k.log` below `FTCTL_DATA`, else generated ones. */
export async function testInput(dataFolder = process.env.FTCTL_DATA): Promise<Input> {
  const file = dataFolder === undefined ? undefined : join(dataFolder, 'loghub', 'Linux_2k.log');
  if (file !== undefined && existsSync(file)) {
    return { source: 'loghub/Linux_2k.log', lines: await readLines(file) };
  }
  return { source: 'generated lines (FTCTL_DATA is not set)', lines: generateLines(2_000) };
}

async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .map(sendable)
    .filter((line) => line !== '');
}

/** One line of plain text, as it can go into one message. */
function sendable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const plain = line.replace(/[\u0000-\u001f\u007f\ufffd]+/g, ' ');
  return plain.slice(0, MAX_LINE_CHARACTERS).trim();
}

const SHAPES: readonly ((n: number) => string)[] = [
  (n) => `sshd(pam_unix)[${1_000 + n}]: authentication failure; uid=0 rhost=192.0.2.${n % 250}`,
  (n) => `sshd(pam_unix)[${1_000 + n}]: check pass; user unknown`,
  (n) => `ftpd[${2_000 + n}]: connection from 198.51.100.${n % 250} () at Sat Jul 9 12:${n % 60}`,
  (n) => `su(pam_unix)[${3_000 + n}]: session opened for user cyrus by (uid=0)`,
  () => 'kernel: Out of Memory: Killed process (httpd).',
  (n) => `logrotate: ALERT exited abnormally with [${n % 3}]`,
];

/** Lines of the shape that a Linux machine writes; always the same ones. */
export function generateLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const shape = SHAPES[(n * 7 + Math.floor(n / 11)) % SHAPES.length] ?? SHAPES[0];
    return `combo ${shape?.(n % 400)}`;
  });
}
