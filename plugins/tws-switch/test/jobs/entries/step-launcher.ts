/**
 * The launcher, with something going wrong at one of its steps on the disk:
 * `node step-launcher.mjs FOLDER KEY`. The file `KEY.fault` says what, for
 * example `{ "step": 3, "how": "kill" }`. Counted are all calls from 1 on.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Disk, systemDisk } from '../../../src/launcher/disk.ts';
import { launch } from '../../../src/launcher/launch.ts';

export interface Fault {
  readonly step: number;
  /**
   * `kill`: dies before that call. `fail`: the disk is full for that call.
   * `fail-on`: for that and all later ones. `wait`: stands still before it until
   * the file `KEY.go` is there.
   */
  readonly how: 'kill' | 'fail' | 'fail-on' | 'wait';
}

const [folder = '', key = ''] = process.argv.slice(2);
const base = `${folder}/${key}`;
const fault: Fault = existsSync(`${base}.fault`)
  ? JSON.parse(readFileSync(`${base}.fault`, 'utf8'))
  : { step: 0, how: 'kill' };
let step = 0;

/** A test that has failed lets nobody go. */
const WAIT_LIMIT_MS = 60_000;

/** Calls that succeed on a full disk. */
const NEEDS_NO_ROOM = new Set(['closeSync', 'readFileSync', 'existsSync', 'unlinkSync']);

function faulty(name: keyof Disk): (...args: never[]) => unknown {
  const call = systemDisk[name] as (...args: never[]) => unknown;
  return (...args) => {
    step += 1;
    const isHere = step === fault.step;
    if (isHere && fault.how === 'kill') die();
    if (isHere && fault.how === 'wait') wait();
    const fails = fault.how === 'fail' ? isHere : fault.how === 'fail-on' && step >= fault.step;
    if (fails && !NEEDS_NO_ROOM.has(name)) {
      throw Object.assign(new Error(`ENOSPC: no space left, ${name}`), { code: 'ENOSPC' });
    }
    return call(...args);
  };
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('it lives');
}

function wait(): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  writeFileSync(`${base}.waits`, '');
  const end = Date.now() + WAIT_LIMIT_MS;
  while (!existsSync(`${base}.go`) && Date.now() < end) Atomics.wait(sleeper, 0, 0, 5);
}

const names = Object.keys({
  openSync: 0,
  writeSync: 0,
  fsyncSync: 0,
  closeSync: 0,
  linkSync: 0,
  renameSync: 0,
  unlinkSync: 0,
  readFileSync: 0,
  existsSync: 0,
} satisfies Record<keyof Disk, 0>) as (keyof Disk)[];
const disk = Object.fromEntries(names.map((name) => [name, faulty(name)])) as unknown as Disk;

const code = await launch(folder, key, { disk, recordTries: 3, recordRetryMs: 20 });
writeFileSync(`${base}.steps`, String(step));
process.exit(code);
