import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELD, MirrorLab } from './mirror-lab.ts';

/** A mirror in a file: its disk is full, and its mirrorbox is damaged. */

const SHAPE = { streams: 10, jobsInEach: 2, held: 500 };
const DISK_BYTES = 16 * 1024 * 1024;
const MAX_STORMS = 40;

interface HostPlugins {
  readonly plugins: readonly { readonly id: string; readonly state: string }[];
}

describe('a mirror in a file of SQLite', () => {
  let folder: string;
  let disk: string;
  let isSmall: boolean;
  let lab: MirrorLab;

  const following = () =>
    lab.until('it follows', async () => (await lab.status('M')).phase === 'following');
  const storm = (priority: number) =>
    lab.ask('m', 'tws', 'altpri', `${HELD}.@`, String(20 + (priority % 50)));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ftctl-disk-'));
    disk = join(folder, 'disk');
    mkdirSync(disk);
    isSmall = mountSmall(disk);
    lab = await MirrorLab.start(SHAPE, { sqlite: join(disk, 'mirror.db') });
    await lab.newPlan();
    await lab.ran();
    await lab.expectEqual();
  });
  afterAll(async () => {
    await lab?.down({ remove: true });
    if (isSmall) execFileSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('has no room: jobs run on, readers are told why, and it catches up when there is room', async (context) => {
    if (!isSmall) context.skip('needs a small disk, which takes root');
    const ballast = join(disk, 'ballast');
    fill(ballast);
    let storms = 0;
    await lab.until('it says that the disk is full', async () => {
      storms += 1;
      if (storms <= MAX_STORMS) await storm(storms);
      const { readers } = await lab.status('M');
      return readers.from === 'symphony' && /full/.test(readers.why ?? '');
    });
    await lab.newPlan();
    await lab.ran();
    rmSync(ballast);
    await lab.expectEqual();
    expect((await lab.status('M')).readers.from).toBe('mirror');
  });

  it('finds a damaged record in its mirrorbox: a copy stands for it', async () => {
    await following();
    // Ended for good, so that records wait for it.
    await lab.until('it is in quarantine', async () => {
      const { plugins } = await lab.ask<HostPlugins>('m', 'status');
      const state = plugins.find(({ id }) => id === 'plan-mirror')?.state;
      if (state === 'ok') await lab.lab.host('m').kill({ plugin: 'plan-mirror' });
      return state === 'quarantined';
    });
    await storm(3);
    await lab.lab.host('m').kill();
    const damaged = damage(join(lab.lab.host('m').paths.home, 'store', 'tws-switch', 'data.mdb'));
    expect(damaged).toBeGreaterThan(0);
    await lab.lab.host('m').start();
    await lab.until('a copy', async () => (await lab.status('M')).copies > 0);
    expect((await lab.status('M')).taken).toMatch(/damaged/);
    await lab.expectEqual();
  });
});

/** @returns false where it takes more rights */
function mountSmall(folder: string): boolean {
  try {
    const size = `size=${DISK_BYTES}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** Until nothing more fits. */
function fill(file: string): void {
  const piece = Buffer.alloc(64 * 1024);
  try {
    for (;;) writeFileSync(file, piece, { flag: 'a' });
  } catch {
    // The disk is full.
  }
}

/** Spoils the events of the mirrorbox in a store that nobody has open. @returns how many */
function damage(file: string): number {
  const bytes = readFileSync(file);
  const event = Buffer.from('{"r":"event"');
  let count = 0;
  for (let at = bytes.indexOf(event); at >= 0; at = bytes.indexOf(event, at + 1)) {
    bytes.write('E', at + event.length - 2);
    count += 1;
  }
  writeFileSync(file, bytes);
  return count;
}
