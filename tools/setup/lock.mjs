/**
 * One set-up at a time in a checkout. The lock is a file with the holder's pid,
 * touched while it is held; a holder that died, or was not heard of for
 * `STALE_MS` (its pid may be another process by now), is displaced.
 */
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TOUCH_INTERVAL_MS = 2_000;
const STALE_MS = 60_000;
const POLL_INTERVAL_MS = 200;
const MAX_WAIT_MS = 15 * 60_000;

/** Runs `work` while holding the lock at `path`. `onWait` is told the holder's pid, once. */
export async function withLock(path, onWait, work) {
  await acquire(path, onWait);
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => touching.unref());
  }, TOUCH_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if ((await holderOf(path))?.pid === process.pid) await rm(path, { force: true });
  }
}

async function acquire(path, onWait) {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid));
  const deadline = Date.now() + MAX_WAIT_MS;
  let told = false;
  try {
    while (!(await tryLink(own, path))) {
      const holder = await holderOf(path);
      if (holder && isGone(holder)) {
        await displace(path, holder);
        continue;
      }
      if (holder && !told) {
        onWait(holder.pid);
        told = true;
      }
      if (Date.now() > deadline) {
        throw new Error(`gave up waiting for another set-up; if none runs, remove ${path}`);
      }
      await sleep(POLL_INTERVAL_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** A hard link appears with its content or not at all, so a lock is never seen empty. */
async function tryLink(from, to) {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(path) {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { pid: Number(text), mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isGone(holder) {
  if (Date.now() - holder.mtimeMs > STALE_MS) return true;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Takes a dead holder's lock away; gives it back when another process was faster. */
async function displace(path, holder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const taken = await holderOf(aside);
  if (taken && taken.pid !== holder.pid) await tryLink(aside, path);
  await rm(aside, { force: true });
}
