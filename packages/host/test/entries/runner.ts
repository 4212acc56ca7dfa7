import { runnerMain } from '../../src/runner/index.ts';

await runnerMain();
