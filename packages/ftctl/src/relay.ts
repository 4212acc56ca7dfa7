import { runRelayProcess } from '@ftctl/lab/relay';

const [taskFile] = process.argv.slice(2);
if (taskFile === undefined)
  throw new Error('usage: relay.js TASK_FILE (started by `ftctl lab up`)');
await runRelayProcess(taskFile);
