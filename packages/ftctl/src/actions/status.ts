import { callHost, type HostStatus } from '@ftctl/host/control';
import { isFtError } from '@ftctl/sdk';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { stateColour } from '../output/colour.ts';
import { ago } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { showTls } from '../output/tls.ts';

/** `ftctl status`. */
export async function run(context: Context): Promise<number> {
  const { out, paths } = context;
  try {
    const status = await callHost<HostStatus>(paths, 'status');
    await out.result(status, () => showStatus(status, out));
    return EXIT.ok;
  } catch (error) {
    if (!isFtError(error, 'FT_HOST_DOWN')) throw error;
    const { showOffline } = await import('../offline.ts');
    return showOffline(context, error);
  }
}

/** The status of a host for people. */
export async function showStatus(status: HostStatus, out: Output): Promise<string> {
  const head = [
    `${out.paint('bold', status.host)}  up ${ago(status.startedAt)}, process ${status.pid}, ftctl ${status.version}`,
    `home ${status.home}${status.metrics ? `, metrics ${status.metrics}` : ''}`,
    ...(status.dashboard ? [`dashboard ${status.dashboard}`] : []),
    showTls(status.tls),
  ].join('\n');
  if (status.plugins.length === 0) return `${head}\nNo plugin is installed: \`ftctl plugin add\`.`;
  const rows = status.plugins.map((plugin) => [
    plugin.id,
    plugin.version,
    plugin.state,
    plugin.pid ?? '',
    plugin.port ?? '',
    plugin.startedAt ? ago(plugin.startedAt) : '',
    plugin.reason ?? '',
  ]);
  const columns = ['PLUGIN', 'VERSION', 'STATE', 'PID', 'PORT', 'UP', 'REASON'];
  const table = await out.table(
    { columns, rows },
    {
      paint: (line, column, row) =>
        column === 2 ? out.paint(stateColour(status.plugins[row]?.state ?? ''), line) : line,
    },
  );
  return `${head}\n\n${table}`;
}
