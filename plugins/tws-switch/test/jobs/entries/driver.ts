/**
 * A plugin's process, reduced to its runner: `node driver.mjs HOME LAUNCHER`.
 * Takes commands as JSON lines, prints events as JSON lines.
 */
import { createInterface } from 'node:readline';
import type { AttemptId, Launch } from '../../../src/core/jobman/attempt.ts';
import { ProcessJobRunner } from '../../../src/io/jobs/process-job-runner.ts';

export type DriverCommand =
  | { readonly do: 'start'; readonly launch: Launch }
  | { readonly do: 'settle' | 'kill' | 'forget'; readonly id: AttemptId };

const [home = '', launcher = ''] = process.argv.slice(2);
const runner = new ProcessJobRunner({ home, launcher, lookEveryMs: 20 });
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

await runner.open({
  event: (event) => print(event),
  trouble: (why) => print({ kind: 'trouble', why: why ?? null }),
});
for await (const line of createInterface({ input: process.stdin })) {
  const command: DriverCommand = JSON.parse(line);
  if (command.do === 'start') runner.start(command.launch);
  else runner[command.do](command.id);
}
await runner.close();
