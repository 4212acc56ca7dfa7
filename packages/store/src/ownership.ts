import { randomBytes } from 'node:crypto';
import { type StoreOrigin, storeErrors } from '@ftctl/sdk';
import { seal, unseal } from './checksum.ts';
import type { Env, Operation, Snapshot } from './env.ts';
import { META_KEY, OWNER_KEY } from './keys.ts';
import { STORE_FORMAT } from './limits.ts';
import type { ProcessIdentity, ProcessTable } from './process-identity.ts';

/** What an environment says of itself. */
export interface StoreMeta {
  readonly format: number;
  readonly incarnation: string;
  readonly origin: StoreOrigin;
}

/** Of a store that was made before that was noted. */
const UNKNOWN_ORIGIN: StoreOrigin = { kind: 'created', at: 0 };

/**
 * Refuses a store that somebody writes, and closes the environment, which is
 * open for reading only: opening it for writing takes LMDB's lock, and a writer
 * that is stopped may hold that for ever.
 *
 * @throws FtError FT_STORE_IN_USE, FT_STORE_NEWER, FT_STORE_CORRUPT
 */
export async function checkOwnership(
  env: Env,
  path: string,
  processes: ProcessTable,
): Promise<void> {
  const snapshot = env.snapshot();
  try {
    checkMeta(snapshot, path);
    refuseOwner(snapshot, path, processes);
  } finally {
    snapshot.release();
    await env.close();
  }
}

/**
 * Makes this process the one writer: writes its identity into the environment,
 * unless it belongs to a process that is alive. LMDB's own lock, which dies with
 * its holder, lets one process at a time do so. A new environment gets its
 * format and incarnation.
 *
 * @throws FtError FT_STORE_IN_USE, FT_STORE_NEWER, FT_STORE_CORRUPT
 */
export function takeOwnership(env: Env, path: string, processes: ProcessTable): StoreMeta {
  let meta: StoreMeta | undefined;
  env.exclusive((current) => {
    meta = checkMeta(current, path);
    refuseOwner(current, path, processes);
    const operations = [sealed(OWNER_KEY, processes.self)];
    if (meta === undefined) {
      meta = newMeta({ kind: 'created', at: Date.now() });
      operations.push(metaOperation(meta));
    }
    return operations;
  });
  if (meta === undefined) throw new Error('the environment did not run the change');
  return meta;
}

/** A new history. */
export function newMeta(origin: StoreOrigin): StoreMeta {
  return { format: STORE_FORMAT, incarnation: randomBytes(16).toString('hex'), origin };
}

export function metaOperation(meta: StoreMeta): Operation {
  return sealed(META_KEY, meta);
}

/** Lets the next process have it. */
export function releaseOwnership(env: Env): Promise<void> {
  return env.write([{ key: OWNER_KEY }]);
}

/**
 * Undefined in an environment that has just been made.
 *
 * @throws FtError FT_STORE_NEWER, FT_STORE_CORRUPT
 */
export function checkMeta(snapshot: Pick<Snapshot, 'get'>, path: string): StoreMeta | undefined {
  const value = snapshot.get(META_KEY);
  if (value === undefined) return undefined;
  const what = () => `the head of the store at ${path}`;
  const meta: unknown = JSON.parse(unseal(META_KEY, value, what).toString('utf8'));
  if (isMeta(meta)) {
    if (meta.format <= STORE_FORMAT) return { origin: UNKNOWN_ORIGIN, ...meta };
    throw storeErrors.NEWER({ path, found: meta.format, known: STORE_FORMAT });
  }
  throw storeErrors.CORRUPT({ what: what(), why: 'it has an unknown form' });
}

function refuseOwner(snapshot: Snapshot, path: string, processes: ProcessTable): void {
  const owner = ownerOf(snapshot, path);
  if (owner && processes.isAlive(owner)) throw storeErrors.IN_USE({ path, pid: owner.pid });
}

/**
 * Who has opened it for writing and not closed it; may be dead.
 *
 * @throws FtError FT_STORE_CORRUPT
 */
export function ownerOf(
  snapshot: Pick<Snapshot, 'get'>,
  path: string,
): ProcessIdentity | undefined {
  const value = snapshot.get(OWNER_KEY);
  if (value === undefined) return undefined;
  const what = () => `the owner's name in the store at ${path}`;
  const owner: unknown = JSON.parse(unseal(OWNER_KEY, value, what).toString('utf8'));
  if (isIdentity(owner)) return owner;
  throw storeErrors.CORRUPT({ what: what(), why: 'it has an unknown form' });
}

function sealed(key: Uint8Array, value: object): Operation {
  return { key, value: seal(key, Buffer.from(JSON.stringify(value))) };
}

function isMeta(
  value: unknown,
): value is Omit<StoreMeta, 'origin'> & Partial<Pick<StoreMeta, 'origin'>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    typeof value.format === 'number' &&
    'incarnation' in value &&
    typeof value.incarnation === 'string'
  );
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startTime' in value &&
    typeof value.startTime === 'string'
  );
}
