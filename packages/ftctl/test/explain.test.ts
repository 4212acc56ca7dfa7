import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_BY_CODE } from '../src/exit-codes.ts';
import { OWN_EXPLANATIONS } from '../src/explanations.ts';
import { runMain } from './support/fake-io.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ftctl-explain-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('ftctl explain', () => {
  it('says what an error code means and what to do, in any case of letters', async () => {
    const { code, stdout } = await runMain(['explain', 'ft_host_down', '--home', home]);
    expect(code).toBe(0);
    expect(stdout).toContain('FT_HOST_DOWN');
    expect(stdout).toContain('Nothing listens on its control socket.');
    expect(stdout).toContain('What to do:');
  });

  it('explains a message of the host', async () => {
    const { code, stdout } = await runMain(['explain', 'FTHO021E', '--json', '--home', home]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'FTHO021E', from: 'ftctl' });
  });

  it('says so when it does not know', async () => {
    const { code, stdout } = await runMain(['explain', 'FTXX999E', '--home', home]);
    expect(code).toBe(6);
    expect(stdout).toContain('nothing is known about FTXX999E');
  });

  it('knows each id once', () => {
    const ids = OWN_EXPLANATIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('knows every code that has an exit code of its own', () => {
    const ids = new Set(OWN_EXPLANATIONS.map(({ id }) => id));
    expect(Object.keys(EXIT_BY_CODE).filter((code) => !ids.has(code))).toEqual([]);
  });
});
