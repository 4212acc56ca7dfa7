import { runnerMain } from '@ftctl/host/runner';

await runnerMain();
