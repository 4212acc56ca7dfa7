import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withInstallLock } from '../../src/install/lock.ts';
import { ownerLives, ownerToken } from '../../src/install/owner.ts';
import { removeAbandonedStaging, withStaging } from '../../src/install/staging.ts';
import { everythingIn, temporaryFolder } from './packages.ts';

/** What a process leaves that was killed: its pid is taken, by a process with another start time. */
const DEAD = `${process.pid}.12345.0123456789ab`;

describe('withInstallLock', () => {
  it('lets one in at a time and says who is there', async () => {
    const home = await temporaryFolder();
    await withInstallLock(home, async () => {
      await expect(withInstallLock(home, async () => undefined)).rejects.toMatchObject({
        code: 'FT_INSTALL_BUSY',
        params: { pid: process.pid },
      });
    });
    expect(await withInstallLock(home, async () => 'again')).toBe('again');
    expect(await everythingIn(join(home, 'plugins'))).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    const home = await temporaryFolder();
    const failing = withInstallLock(home, () => Promise.reject(new Error('work failed')));
    await expect(failing).rejects.toThrow('work failed');
    expect(await withInstallLock(home, async () => 'again')).toBe('again');
  });

  it('is taken over from a process that was killed, by one of many', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, 'plugins', '.lock', DEAD), { recursive: true });
    await mkdir(join(home, 'plugins', `.lock-${DEAD}`, DEAD), { recursive: true });
    let inside = 0;
    const attempts = Array.from({ length: 20 }, () =>
      withInstallLock(home, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside -= 1;
      }),
    );
    const results = await Promise.allSettled(attempts);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeLessThan(attempts.length);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'FT_INSTALL_BUSY' });
    expect(await everythingIn(join(home, 'plugins'))).toEqual([]);
  });
});

describe('staging', () => {
  it('removes what a killed process left, and not what a living one uses', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, '.staging', DEAD, 'package'), { recursive: true });
    await withStaging(root, async (folder) => {
      expect(await removeAbandonedStaging(root)).toBe(1);
      expect(await everythingIn(join(root, '.staging'))).toHaveLength(1);
      expect(await everythingIn(folder)).toEqual([]);
    });
    expect(await everythingIn(join(root, '.staging'))).toEqual([]);
  });
});

describe('ownerToken', () => {
  it('tells a living owner from a reused pid and from nonsense', async () => {
    expect(await ownerLives(await ownerToken())).toBe(true);
    expect(await ownerLives(DEAD)).toBe(false);
    expect(await ownerLives('something else')).toBe(false);
  });
});
