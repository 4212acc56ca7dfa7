/**
 * The process that runs one attempt of a job: `node launcher.js FOLDER KEY`.
 * Started detached; it outlives the plugin. No dependencies, so that it starts
 * as fast as Node does.
 */
import { systemDisk } from './launcher/disk.ts';
import { launch } from './launcher/launch.ts';

const [folder = '', key = ''] = process.argv.slice(2);

process.exit(await launch(folder, key, { disk: systemDisk }));
