import { describeError } from '@ftctl/sdk';
import { hostMain } from '../../src/daemon/host-main.ts';

/** Arguments: home, runner, version, and times of the supervisor as JSON. */
const [home = '', runner = '', version = '', times = '{}'] = process.argv.slice(2);

try {
  const { answerWithinMs, ...rest } = JSON.parse(times);
  await hostMain({ home, runner, version, times: rest, answerWithinMs });
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
