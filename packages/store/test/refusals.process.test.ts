import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { buildStore } from './children.ts';
import { makeHome } from './lmdb-harness.ts';

/** Whoever may do little on every machine. */
const NOBODY = 65_534;

beforeAll(() => buildStore());

it('says clearly that a folder cannot be written', (context) => {
  if (process.platform === 'win32') context.skip('there are no users as on Unix');
  const home = makeHome();
  onTestFinished(() => home.remove());
  const path = home.store('p');
  mkdirSync(path, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  chmodSync(home.folder, 0o755);
  chmodSync(path, 0o555);
  if (isRoot) chownSync(home.folder, NOBODY, NOBODY);
  const script = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../dist/index.js'))};
    try {
      await openStore({ path: ${JSON.stringify(path)}, plugin: 'p', sockets: '/nowhere' });
      console.log('it was opened');
    } catch (error) {
      console.log(error.code + ': ' + error.message);
    }`;
  // Root may write everywhere, so somebody else has to try.
  const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    ...ids,
  });
  if (child.stderr.includes('EACCES') && child.stdout === '') {
    context.skip('another user may not enter this checkout');
  }
  expect(child.stdout).toMatch(/^FT_STORE_FAILED: the store at .* could not be opened: .*denied/);
});
