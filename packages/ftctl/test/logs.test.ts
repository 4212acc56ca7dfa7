import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followFile } from '../src/logs/follow.ts';
import { formatLine } from '../src/logs/format.ts';
import { tailFile } from '../src/logs/tail.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-logs-'));
  file = join(folder, 'x.log');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('never happened');
    await sleep(10);
  }
}

describe('the end of a log', () => {
  it('is its last complete lines', async () => {
    await writeFile(file, 'one\ntwo\nthree\nhal');
    expect(await tailFile(file, 2)).toEqual({ lines: ['two', 'three'], end: 14 });
    expect(await tailFile(file, 10)).toEqual({ lines: ['one', 'two', 'three'], end: 14 });
    expect(await tailFile(file, 0)).toEqual({ lines: [], end: 14 });
  });

  it('is found in a large file', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'.'.repeat(20)}`);
    await writeFile(file, `${lines.join('\n')}\n`);
    expect((await tailFile(file, 5_000))?.lines).toEqual(lines.slice(-5_000));
  });

  it('is nothing when there is no file', async () => {
    expect(await tailFile(file, 5)).toBeUndefined();
  });
});

describe('following a log', () => {
  it('shows what is added, waits for whole lines, and goes over to a new file', async () => {
    await writeFile(file, 'old\n');
    const seen: string[] = [];
    const abort = new AbortController();
    const done = followFile(file, 4, (line) => seen.push(line), abort.signal);
    await appendFile(file, 'a\nhal');
    await until(() => seen.length === 1);
    await appendFile(file, 'f\n');
    await until(() => seen.length === 2);
    await appendFile(file, 'last\n');
    await rename(file, `${file}.1`);
    await writeFile(file, 'first of the new\n');
    await until(() => seen.length === 4);
    abort.abort();
    await done;
    expect(seen).toEqual(['a', 'half', 'last', 'first of the new']);
  });

  it('waits for a file that is not there yet', async () => {
    const seen: string[] = [];
    const abort = new AbortController();
    const done = followFile(file, 0, (line) => seen.push(line), abort.signal);
    await sleep(50);
    await writeFile(file, 'here\n');
    await until(() => seen.length === 1);
    abort.abort();
    await done;
  });
});

describe('a line for people', () => {
  const paint = (_colour: string, text: string) => text;

  it('has time, level, text and the other fields', () => {
    const line =
      '{"level":"warn","time":"2026-01-02T03:04:05.678Z","plugin":"p","msg":"late","ms":5}';
    expect(formatLine(line, paint)).toBe('2026-01-02T03:04:05.678Z WARN  late {"ms":5}');
  });

  it('stays as it is when it is no JSON', () => {
    expect(formatLine('Error: boom', paint)).toBe('Error: boom');
    expect(formatLine('{"level":"in', paint)).toBe('{"level":"in');
  });
});
