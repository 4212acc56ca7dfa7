import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Env,
  EnvFailure,
  type EnvStatistics,
  type Operation,
  type Snapshot,
} from '../src/env.ts';

/** An environment whose disk is slow, full or gone, as a test wants it. */
export class FaultyEnv implements Env {
  readonly #env: Env;
  #gate: Promise<void> | undefined;
  #open: () => void = () => undefined;
  /** What each write fails with. */
  failure: EnvFailure | undefined;
  /** How long the disk takes for each write beside its own time. */
  delayMs = 0;
  writes = 0;

  constructor(env: Env) {
    this.#env = env;
  }

  hold(): void {
    this.#gate ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  letGo(): void {
    this.#gate = undefined;
    this.#open();
  }

  /** Everything that is held or still comes fails. */
  die(): void {
    this.failure = new EnvFailure('the process is gone', false);
    this.letGo();
  }

  async write(operations: readonly Operation[]): Promise<void> {
    await this.#gate;
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (this.failure !== undefined) throw this.failure;
    this.writes += 1;
    await this.#env.write(operations);
  }

  snapshot(): Snapshot {
    return this.#env.snapshot();
  }

  exclusive(change: (snapshot: Snapshot) => readonly Operation[]): void {
    this.#env.exclusive(change);
  }

  statistics(): EnvStatistics {
    return this.#env.statistics();
  }

  readerCheck(): void {
    this.#env.readerCheck();
  }

  close(): Promise<void> {
    return this.#env.close();
  }
}

export function diskFull(): EnvFailure {
  return new EnvFailure('no space left on device', true);
}
