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
  // Root may write everywhere, so it becomes somebody else, once all is loaded.
  const script = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../dist/index.js'))};
    if (${isRoot}) {
      process.setgid(${NOBODY});
      process.setuid(${NOBODY});
    }
    try {
      await openStore({ path: ${JSON.stringify(path)}, plugin: 'p', sockets: '/nowhere' });
      console.log('it was opened');
    } catch (error) {
      console.log(error.code + ': ' + error.message);
    }`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const said = child.stdout || `${child.error ?? child.signal ?? child.status}: ${child.stderr}`;
  expect(said).toMatch(/^FT_STORE_FAILED: the store at .* could not be opened: .*denied/);
});
