import { readOfflineStatus } from '@ftctl/host';
import type { FtError } from '@ftctl/sdk';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { showTls } from './output/tls.ts';

/** Shows what can be said of a home whose host does not run. */
export async function showOffline({ out, paths }: Context, why: FtError): Promise<number> {
  const offline = await readOfflineStatus(paths.home);
  await out.result({ ...offline, running: false }, async () => {
    const rows = offline.plugins.map(({ id, version, enabled, pid, port }) => [
      id,
      version,
      pid === undefined ? (enabled ? 'stopped' : 'disabled') : 'running without its host',
      pid ?? '',
      port ?? '',
    ]);
    const head = `${out.paint('bold', offline.host)}: ${why.message}. ${why.action}\n${showTls(offline.tls)}`;
    if (rows.length === 0) return head;
    const columns = ['PLUGIN', 'VERSION', 'STATE', 'PID', 'PORT'];
    return `${head}\n\n${await out.table({ columns, rows })}`;
  });
  return EXIT.notRunning;
}
