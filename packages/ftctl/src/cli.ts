import { processIo } from './io.ts';
import { main } from './main.ts';

// A reader that goes away (`ftctl logs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Set, not called: what is still to be written goes out before the process ends.
process.exitCode = await main(process.argv.slice(2), processIo());
