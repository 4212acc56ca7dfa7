import {
  callHost,
  type HomePaths,
  type HostStatus,
  isRunning,
  type PluginStatus,
  readRunRecord,
} from '@ftctl/host';
import { listPlugins } from '@ftctl/host/install';
import { isFtError } from '@ftctl/sdk';
import { type Finding, fromError, note, ok, problem } from './check.ts';

/** The daemon and the plugins that run. */
export async function checkRunning(paths: HomePaths): Promise<readonly Finding[]> {
  try {
    const status = await callHost<HostStatus>(paths, 'status');
    return [ok('host', `runs as process ${status.pid}`), ...status.plugins.map(checkPlugin)];
  } catch (error) {
    if (!isFtError(error, 'FT_HOST_DOWN')) return [fromError('host', error)];
    return [
      note('host', 'it is not running', 'Start it with `ftctl up --detach`.'),
      ...(await leftovers(paths)),
    ];
  }
}

function checkPlugin({ id, state, reason = 'no reason given' }: PluginStatus): Finding {
  const check = `plugin ${id}`;
  switch (state) {
    case 'failed':
      return problem(check, `failed: ${reason}`, `Read \`ftctl logs ${id}\`.`);
    case 'quarantined':
      return problem(
        check,
        `in quarantine: ${reason}`,
        `Read \`ftctl logs ${id}\`, correct the cause, then run \`ftctl restart ${id}\`.`,
      );
    case 'degraded':
      return note(check, `degraded: ${reason}`, "See the plugin's own manual.");
    default:
      return ok(check, state);
  }
}

/** Plugins that go on although their host is gone. */
async function leftovers(paths: HomePaths): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { id } of await listPlugins(paths.home)) {
    const record = await readRunRecord(paths, id);
    if (!record || !(await isRunning(record))) continue;
    const text = `runs as process ${record.pid} without its host`;
    findings.push(note(`plugin ${id}`, text, '`ftctl up` takes it over, `ftctl down` ends it.'));
  }
  return findings;
}
