import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a benchmark that carries out one order after another. */
export interface Child {
  readonly pid: number;
  /** @throws Error with what it said, or when it ended without an answer */
  ask<T>(message: object): Promise<T>;
  /** Lets it end by itself, then waits for that. */
  end(): Promise<void>;
  kill(): void;
}

type Said = { readonly answer: unknown } | { readonly error: string };

/** Where a profile of each process goes, for whoever looks for what is slow. */
const profiles = process.env.BENCH_PROFILE;

/** Starts a script of `dist`; `serve` is the other side. */
export function startChild(script: string, args: readonly string[] = []): Child {
  const execArgv = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const child = fork(script, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    pid: child.pid ?? 0,
    ask: <T>(message: object) => ask(child, script, message) as Promise<T>,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

async function ask(child: ChildProcess, script: string, message: object): Promise<unknown> {
  const waiting = new AbortController();
  const died = once(child, 'exit', { signal: waiting.signal }).then(([code]) => {
    throw new Error(`${script} ended with code ${code} before it answered`);
  });
  const answered = once(child, 'message', { signal: waiting.signal });
  child.send(message);
  try {
    const [said] = (await Promise.race([answered, died])) as [Said];
    if ('error' in said) throw new Error(said.error);
    return said.answer;
  } finally {
    waiting.abort();
    // What was not waited for to its end is rejected by that.
    await Promise.allSettled([answered, died]);
  }
}

/** In the child: carries out what the parent asks, one order at a time. */
export function serve<M>(carryOut: (message: M) => Promise<unknown>): void {
  process.on('message', (message) => {
    carryOut(message as M).then(
      (answer) => process.send?.({ answer: answer ?? null }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}
