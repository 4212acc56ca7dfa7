import { type ChildProcess, defineErrors, type ProcessExit, type Processes } from '@ftctl/sdk';
import type { SimProcess } from './process.ts';

/** The error of the real host, so that a plugin meets the same code; the host's catalogue owns it. */
const childErrors = defineErrors('HOST', {
  PROCESS_FAILED: {
    text: '{command} could not be started: {why}',
    meaning: 'The program is not installed, or the system does not allow it to be run.',
    action: 'Check that {command} is installed and can be run by this user.',
  },
});

/** A simulated program: what a test makes of its input, output and end. */
export interface SimChild {
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  /** Sends output to the plugin. */
  output(bytes: Uint8Array, from?: 'stdout' | 'stderr'): void;
  /** Ends the program. */
  exit(code: number | null, signal?: string | null): void;
  onInput(listener: (bytes: Uint8Array) => void): void;
  onInputClosed(listener: () => void): void;
  /** Asked to end; without a listener any signal ends it. */
  onSignal(listener: (signal: string) => void): void;
}

/** Plays a program: called at each start of it. Throw to let the start fail. */
export type SimProgram = (child: SimChild) => void;

/** Programs by the name that plugins start them by. */
export class SimPrograms {
  readonly #programs = new Map<string, SimProgram>();
  #nextPid = 1000;

  define(command: string, program: SimProgram): void {
    this.#programs.set(command, program);
  }

  /** The `ctx.processes` of one life of a plugin. Children die with it. */
  for(process: SimProcess): Processes {
    return {
      start: (command, args) => {
        if (!process.call()) return process.never();
        const program = this.#programs.get(command);
        if (program === undefined) {
          return Promise.reject(childErrors.PROCESS_FAILED({ command, why: 'no such program' }));
        }
        this.#nextPid += 1;
        const child = new Child(process, this.#nextPid, command, args);
        try {
          program(child);
        } catch (cause) {
          const why = String(cause);
          return Promise.reject(childErrors.PROCESS_FAILED({ command, why }, cause));
        }
        return process.promise((resolve) => resolve(child.handle()));
      },
    };
  }
}

class Child implements SimChild {
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly #process: SimProcess;
  readonly #input: ((bytes: Uint8Array) => void)[] = [];
  readonly #inputClosed: (() => void)[] = [];
  readonly #signal: ((signal: string) => void)[] = [];
  readonly #output: ((bytes: Uint8Array, from: 'stdout' | 'stderr') => void)[] = [];
  readonly #exited: Promise<ProcessExit>;
  #exit: (exit: ProcessExit) => void = () => undefined;
  #ended = false;

  constructor(process: SimProcess, pid: number, command: string, args: readonly string[]) {
    this.#process = process;
    this.pid = pid;
    this.command = command;
    this.args = args;
    this.#exited = process.promise((resolve) => {
      this.#exit = resolve;
    });
    process.onDeath(() => {
      this.#ended = true;
    });
  }

  output(bytes: Uint8Array, from: 'stdout' | 'stderr' = 'stdout'): void {
    if (this.#ended) return;
    this.#process.schedule(0, 'delivery', () => {
      for (const listener of this.#output) listener(bytes, from);
    });
  }

  exit(code: number | null, signal: string | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#process.schedule(0, 'delivery', () => this.#exit({ code, signal }));
  }

  onInput(listener: (bytes: Uint8Array) => void): void {
    this.#input.push(listener);
  }

  onInputClosed(listener: () => void): void {
    this.#inputClosed.push(listener);
  }

  onSignal(listener: (signal: string) => void): void {
    this.#signal.push(listener);
  }

  /** What the plugin holds. */
  handle(): ChildProcess {
    return {
      pid: this.pid,
      exited: this.#exited,
      write: async (bytes) => {
        if (!this.#process.call()) return this.#process.never();
        if (this.#ended) return false;
        for (const listener of this.#input) listener(bytes);
        return true;
      },
      closeInput: () => {
        if (this.#process.call()) for (const listener of this.#inputClosed) listener();
      },
      onOutput: (listener) => {
        this.#output.push(listener);
      },
      kill: (signal = 'SIGTERM') => {
        if (!this.#process.call()) return;
        if (this.#signal.length === 0 || signal === 'SIGKILL') this.exit(null, signal);
        else for (const listener of this.#signal) listener(signal);
      },
    };
  }
}
