import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homePaths } from '@ftctl/host';
import { expect, it, onTestFinished } from 'vitest';
import { crashesOf } from './crashes.ts';

it('are the ends of plugins that no kill has brought about', async () => {
  const home = await mkdtemp(join(tmpdir(), 'ftctl-crashes-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const paths = homePaths(home);
  expect(await crashesOf(paths)).toEqual([]);
  const ended = (id: string, why: string) =>
    JSON.stringify({ time: '2026-12-01T00:00:00Z', id, params: { plugin: 'p', why } });
  await mkdir(paths.logs, { recursive: true });
  const lines = [
    JSON.stringify({ level: 'info', msg: 'something else' }),
    ended('FTHO020W', 'killed by SIGKILL'),
    ended('FTHO020W', 'killed by SIGSEGV'),
    ended('FTHO021E', 'FT_HOST_FAILED: plugin p failed: no'),
    ended('FTHO013I', 'exit code 0'),
    '{"level":"warn","ti',
  ];
  await writeFile(join(paths.logs, 'host.log'), `${lines.join('\n')}\n`);
  expect(await crashesOf(paths)).toEqual([
    '2026-12-01T00:00:00Z p: killed by SIGSEGV',
    '2026-12-01T00:00:00Z p: FT_HOST_FAILED: plugin p failed: no',
  ]);
});
