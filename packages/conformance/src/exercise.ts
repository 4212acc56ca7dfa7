/**
 * The process in which a plugin's code is put through the life cycle suite,
 * apart from the kit: `node exercise.js ORDER.json RESULTS.jsonl`. Each result is
 * written as soon as it is known, so that a plugin that takes this process down
 * is found out by the first one that is missing.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readManifest, requirePluginConfig } from '@ftctl/host';
import { isPlugin } from '@ftctl/sdk';
import { lifeCycleChecks } from './life/cases.ts';
import type { ExerciseOrder } from './life/exercise-process.ts';
import { simulatedLife } from './life/simulated.ts';
import { runChecks } from './requirement.ts';

const [orderFile = '', resultsFile = ''] = process.argv.slice(2);
const {
  folder,
  config: given,
  seed,
  peers,
} = JSON.parse(readFileSync(orderFile, 'utf8')) as ExerciseOrder;

const manifest = await readManifest(folder);
const config = await requirePluginConfig(manifest, folder, given);
const module = (await import(pathToFileURL(join(folder, manifest.entry)).href)) as {
  default?: unknown;
};
if (!isPlugin(module.default)) throw new Error(`${manifest.entry} exports no plugin`);

const harness = simulatedLife({ definition: module.default, manifest, config, seed, peers });
await runChecks(lifeCycleChecks, harness, [], (result) =>
  appendFileSync(resultsFile, `${JSON.stringify(result)}\n`),
);
process.exit(0);
