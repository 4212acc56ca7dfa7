import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPlugin, type InstallStep, verifyInstalled } from '../../src/install/index.ts';
import { type BuiltEntries, buildEntries } from './build-entries.ts';
import { everythingIn, packPackage, temporaryFolder } from './packages.ts';

let built: BuiltEntries;
let runner: string;

beforeAll(async () => {
  built = await buildEntries('add-and-hang', 'probe-runner');
  runner = built.path('probe-runner');
});

afterAll(() => built.remove());

/** Starts adding, and resolves once the process stands still at `step`. */
async function addUntil(step: InstallStep, home: string, source: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [built.path('add-and-hang'), home, source, step, runner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(child.stdout, 'data');
  expect(String(output).trim()).toBe(step);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('an installer killed with SIGKILL', () => {
  it.each(['unpack', 'check', 'probe', 'move', 'record'] as const)(
    'at the step %s leaves what ran before, and the next one cleans up',
    async (step) => {
      const home = await temporaryFolder();
      await addPlugin({ home, source: await packPackage(), runner });
      const lockfile = await readFile(join(home, 'ftctl.lock.json'), 'utf8');
      const newer = await packPackage({ packageJson: { version: '2.0.0' } });

      const child = await addUntil(step, home, newer);
      await expect(addPlugin({ home, source: newer, runner })).rejects.toMatchObject({
        code: 'FT_INSTALL_BUSY',
        params: { pid: child.pid },
      });
      await kill(child);

      expect(await readFile(join(home, 'ftctl.lock.json'), 'utf8')).toBe(lockfile);
      expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '1.0.0' }]);
      expect(await everythingIn(join(home, 'plugins', '.staging'))).not.toEqual([]);

      await addPlugin({ home, source: newer, runner });
      expect(await verifyInstalled(home)).toEqual([{ id: 'probe', version: '2.0.0' }]);
      const left = (await everythingIn(join(home, 'plugins'))).filter(
        (path) => path.split('/').length <= 2,
      );
      expect(left.filter((path) => path.startsWith('.'))).toEqual(['.staging']);
      expect(left.filter((path) => path.startsWith('probe/'))).toHaveLength(2);
    },
  );

  it('before it recorded a plugin leaves no folder of it behind for good', async () => {
    const home = await temporaryFolder();
    await kill(await addUntil('record', home, await packPackage({ id: 'never' })));
    expect(await everythingIn(join(home, 'plugins'))).toContain('never');
    await addPlugin({ home, source: await packPackage(), runner });
    expect(await everythingIn(join(home, 'plugins'))).not.toContain('never');
  });
});
