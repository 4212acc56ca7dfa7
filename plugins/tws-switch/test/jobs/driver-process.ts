import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { DriverCommand } from './entries/driver.ts';

interface Told {
  readonly kind: string;
  readonly job?: string;
  readonly [field: string]: unknown;
}

/** A plugin's process that can be killed: `entries/driver.ts`. */
export class DriverProcess {
  readonly told: Told[] = [];
  readonly #child: ChildProcess;

  constructor(driver: string, home: string, launcher: string) {
    this.#child = spawn(process.execPath, [driver, home, launcher], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no output');
    createInterface({ input: stdout }).on('line', (line) => this.told.push(JSON.parse(line)));
  }

  do(command: DriverCommand): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async hears(kind: string, timeout = 15_000): Promise<Told> {
    const found = () => this.told.find((told) => told.kind === kind);
    await expect.poll(found, { timeout, interval: 10, message: kind }).toBeDefined();
    return found() as Told;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }
}
