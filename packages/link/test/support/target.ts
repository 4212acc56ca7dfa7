import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TargetOptions, TargetSaid } from './target-process.ts';

type Measured = TargetSaid & { kind: 'measured' };

/** A host in a process of its own, whose memory can be measured from outside. */
export class Target {
  readonly port: number;
  readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(
    script: string,
    folder: string,
    options: Omit<TargetOptions, 'folder'>,
  ): Promise<Target> {
    const told: TargetOptions = { ...options, folder: join(folder, 'target') };
    const child = fork(script, [JSON.stringify(told)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [said] = (await once(child, 'message')) as [TargetSaid & { kind: 'ready' }];
    return new Target(child, said.port);
  }

  async measure(): Promise<Measured> {
    this.child.send('measure');
    const [said] = (await once(this.child, 'message')) as [Measured];
    return said;
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
