import type { Claim, JobProcess } from '../../launcher/attempt-files.ts';
import { codeOf } from '../../launcher/disk.ts';
import { bootId, ownStartTime, startTimes } from '../../launcher/identity.ts';

/** What a runner asks of the operating system; a test brings another boot. */
export interface JobSystem {
  bootId(): string;
  startTimes(pids: readonly number[]): ReadonlyMap<number, string>;
  /** Wall clock, milliseconds since 1970 UTC. */
  nowMs(): number;
  /** False when there is no such process, or group for a negative number. */
  signal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean;
}

export const operatingSystem: JobSystem = {
  bootId,
  startTimes,
  nowMs: () => Date.now(),
  signal(pid, signal) {
    try {
      return process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return false;
      throw error;
    }
  },
};

/** A claim of this process. */
export function runnerClaim(system: JobSystem): Claim {
  return {
    by: 'runner',
    pid: process.pid,
    startTime: ownStartTime(),
    boot: system.bootId(),
    atMs: system.nowMs(),
  };
}

/** Those of `claims` whose process runs. */
export function running(system: JobSystem, claims: readonly Claim[]): ReadonlySet<Claim> {
  const boot = system.bootId();
  const ofThisBoot = claims.filter((claim) => claim.boot === boot);
  const started = system.startTimes(ofThisBoot.map(({ pid }) => pid));
  return new Set(ofThisBoot.filter(({ pid, startTime }) => started.get(pid) === startTime));
}

/** Signals the group of a job when exactly that process leads it. */
export function signalJob(
  system: JobSystem,
  job: JobProcess,
  signal: 'SIGTERM' | 'SIGKILL',
): boolean {
  const { pid, startTime } = job;
  if (system.startTimes([pid]).get(pid) !== startTime) return false;
  return system.signal(-pid, signal);
}
