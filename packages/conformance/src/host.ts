/** The process in which the kit runs a host: `node host.js HOME`. */
import { fileURLToPath } from 'node:url';
import { hostMain } from '@ftctl/host';
import { KIT_VERSION } from './version.ts';

const [home = ''] = process.argv.slice(2);
const runner = fileURLToPath(new URL('./runner.js', import.meta.url));
await hostMain({ home, runner, version: KIT_VERSION });
