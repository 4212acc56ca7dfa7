/** Entry of every process that runs a plugin for the kit. */
import { runnerMain } from '@ftctl/host/runner';

await runnerMain();
