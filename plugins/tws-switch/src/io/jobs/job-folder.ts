import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { describeError } from '@ftctl/sdk';
import {
  type AttemptFiles,
  attemptFiles,
  type Claim,
  type ExitRecord,
  type JobProcess,
  type LaunchIntent,
  temporaryOf,
} from '../../launcher/attempt-files.ts';
import { codeOf } from '../../launcher/disk.ts';
import { jobErrors } from './errors.ts';
import { logFolder } from './job-logs.ts';
import { parseClaim, parseExitRecord, parseJobProcess } from './records.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** `KEY.intent`, `KEY.claim-123.tmp` and so on. */
const STATE_FILE = /^(.+)\.(?:intent|claim|exit|job)(?:-(\d+)\.tmp)?$/;

/** A file that is there and cannot be understood. */
export class Unreadable extends Error {}

/** One file of the folder of states. */
export interface StateFile {
  readonly name: string;
  readonly key: string;
  /** Who was writing it; undefined for one that is complete. */
  readonly writer: number | undefined;
}

/** What lies on disk for attempts: `jobs/state` and `jobs/log` in the folder of the plugin. */
export class JobFolder {
  readonly state: string;
  readonly log: string;
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
    this.state = `${home}/jobs/state`;
    this.log = logFolder(home);
  }

  files(key: string): AttemptFiles {
    return attemptFiles(this.state, key);
  }

  /**
   * Makes the folders, and puts their names on disk: a claim is worth no more
   * than the path to it.
   *
   * @throws FtError FT_JOB_FOLDER
   */
  async make(): Promise<void> {
    try {
      await mkdir(this.state, { recursive: true, mode: FOLDER_MODE });
      await mkdir(this.log, { recursive: true, mode: FOLDER_MODE });
      for (const folder of [this.#home, `${this.#home}/jobs`]) await flushFolder(folder);
    } catch (error) {
      throw jobErrors.FOLDER({ folder: this.state, why: describeError(error) }, error);
    }
  }

  async names(): Promise<ReadonlySet<string>> {
    return new Set(await readdir(this.state));
  }

  async stateFiles(): Promise<readonly StateFile[]> {
    const files: StateFile[] = [];
    for (const name of await readdir(this.state)) {
      const [, key, writer] = STATE_FILE.exec(name) ?? [];
      if (key === undefined) continue;
      files.push({ name, key, writer: writer === undefined ? undefined : Number(writer) });
    }
    return files;
  }

  /** Not flushed: after a power cut there is no launcher that needs it. */
  async writeIntent(key: string, intent: LaunchIntent): Promise<void> {
    const { intent: file } = this.files(key);
    const temporary = temporaryOf(file, process.pid);
    await writeNew(temporary, JSON.stringify(intent), false);
    await rename(temporary, file);
  }

  /** The same as the launcher's `takeClaim`, without holding up everything else. */
  async takeClaim(key: string, claim: Claim): Promise<'won' | 'lost'> {
    const { claim: file } = this.files(key);
    const temporary = temporaryOf(file, process.pid);
    await writeNew(temporary, JSON.stringify(claim), true);
    try {
      await link(temporary, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return 'lost';
    } finally {
      await removeFile(temporary);
    }
    await flushFolder(this.state);
    return 'won';
  }

  /** Undefined when there is none. @throws Unreadable */
  claim(key: string): Promise<Claim | undefined> {
    return readRecord(this.files(key).claim, parseClaim);
  }

  /** Undefined when there is none. @throws Unreadable */
  exit(key: string): Promise<ExitRecord | undefined> {
    return readRecord(this.files(key).exit, parseExitRecord);
  }

  /** Undefined when there is none. @throws Unreadable */
  job(key: string): Promise<JobProcess | undefined> {
    return readRecord(this.files(key).job, parseJobProcess);
  }

  /**
   * Removes what lies there for an attempt. The intent goes first: a launcher
   * that comes after the claim has gone finds no intent behind its own claim,
   * and runs nothing.
   */
  async forget(key: string): Promise<void> {
    const { intent, claim, exit, job } = this.files(key);
    for (const file of [intent, exit, job, claim]) await removeFile(file);
  }

  remove(file: StateFile): Promise<void> {
    return removeFile(`${this.state}/${file.name}`);
  }
}

async function readRecord<T>(file: string, parse: (text: string) => T): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parse(text);
  } catch (cause) {
    throw new Unreadable(`${file} cannot be understood: ${describeError(cause)}`, { cause });
  }
}

async function writeNew(file: string, text: string, flush: boolean): Promise<void> {
  const handle = await open(file, 'w', FILE_MODE);
  try {
    await handle.writeFile(text);
    if (flush) await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
