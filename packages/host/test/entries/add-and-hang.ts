/**
 * A process that adds a plugin and stops for good at a step, for the test that
 * kills it there: `node add-and-hang.mjs HOME SOURCE STEP RUNNER`.
 */
import { addPlugin } from '../../src/install/index.ts';

const [home = '', source = '', at = '', runner = ''] = process.argv.slice(2);

await addPlugin({
  home,
  source,
  runner,
  onProgress: (step) => {
    if (step !== at) return;
    process.stdout.write(`${step}\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
