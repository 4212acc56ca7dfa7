import { codeOf } from './disk.ts';
import { say } from './say.ts';

/**
 * Listens for SIGTERM from before the claim to the end of this process, so that
 * a request to kill the job never ends the launcher in the job's place, with
 * nobody left to record how the job ended.
 */
export class KillRequest {
  #kill: (() => void) | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor() {
    process.on('SIGTERM', () => this.#kill?.());
  }

  /**
   * From now on a request kills this process group: SIGTERM, then SIGKILL. While
   * the job has not been waited for, no other group can have its number.
   */
  aimAt(group: number, graceMs: number): void {
    this.#kill = () => {
      if (this.#later !== undefined) return;
      signalGroup(group, 'SIGTERM');
      this.#later = setTimeout(() => signalGroup(group, 'SIGKILL'), graceMs);
    };
  }

  /** The job has ended: its number may be another's. */
  release(): void {
    clearTimeout(this.#later);
    this.#kill = undefined;
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    // It has ended, and its end is about to be told.
    if (codeOf(error) !== 'ESRCH') say(String(error));
  }
}
