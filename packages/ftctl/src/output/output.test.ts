import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Io } from '../io.ts';
import { painter } from './colour.ts';
import { duration } from './duration.ts';
import { permissionLines } from './permissions.ts';
import { Progress } from './progress.ts';

function collecting(terminal: boolean) {
  const written: string[] = [];
  const stream = {
    isTTY: terminal,
    columns: 20,
    write: (text: string | Uint8Array) => written.push(String(text)),
  };
  const io: Io = { stdin: Readable.from([]), stdout: stream, stderr: stream, env: {}, cwd: '/' };
  return { io, stream, written };
}

describe('colours', () => {
  it('are for terminals alone', () => {
    expect(painter(collecting(true).stream, {})('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(painter(collecting(false).stream, {})('red', 'x')).toBe('x');
  });

  it('are off with NO_COLOR and on a dumb terminal', () => {
    expect(painter(collecting(true).stream, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(painter(collecting(true).stream, { TERM: 'dumb' })('red', 'x')).toBe('x');
  });
});

describe('progress', () => {
  it('is plain lines where there is no terminal', () => {
    const { io, written } = collecting(false);
    const progress = new Progress(io);
    progress.step('one');
    progress.step('two');
    progress.done();
    expect(written).toEqual(['one\n', 'two\n']);
  });

  it('is one changing line on a terminal, never wider than it', () => {
    const { io, written } = collecting(true);
    const progress = new Progress(io);
    progress.step('a step with a long description');
    progress.done();
    const visible = stripVTControlCharacters(written.join('')).replaceAll('\r', '');
    expect(visible).toBe('a step with a long ');
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000 * 26, '1 d 2 h'],
  ])('of %i ms is %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });
});

describe('permissions', () => {
  it('are told in words', () => {
    expect(permissionLines({})).toEqual(['nothing outside its own store and files']);
    expect(
      permissionLines({
        paths: [{ path: '/var/log', access: 'read' }],
        childProcesses: ['logger'],
        environment: ['TZ'],
        network: ['syslog on UDP 514'],
      }),
    ).toEqual([
      'reads /var/log',
      'starts logger',
      'sees the environment variable TZ',
      'network: syslog on UDP 514',
    ]);
  });
});
