import type { Logger } from '@ftctl/sdk';
import { callControl } from '../control/client.ts';
import { type MetricFamily, mergeFamilies, withLabel } from '../core/prometheus.ts';
import { processMetrics } from '../process-metrics.ts';
import type { Host } from './host.ts';
import type { Keeper } from './keeper.ts';

/** How long a plugin may take to tell its metrics; one that takes longer is left out, and is not up. */
const COLLECT_WITHIN_MS = 2_000;

/** The metrics of the host and of all its plugins, each sample of a plugin with the label `plugin`. */
export async function collectHostMetrics(host: Host, log: Logger): Promise<MetricFamily[]> {
  const { keepers } = host;
  const collected = await Promise.all(keepers.map((keeper) => collectPlugin(keeper, log)));
  const ids = keepers.map((keeper) => keeper.planned.id);
  const perPlugin = (
    name: string,
    help: string,
    value: (keeper: Keeper, index: number) => number,
  ): MetricFamily => ({
    name,
    help,
    type: 'gauge',
    samples: keepers.map((keeper, index) => ({
      name,
      labels: { plugin: keeper.planned.id },
      value: value(keeper, index),
    })),
  });
  return mergeFamilies([
    info(host),
    ...certificate(host),
    perPlugin('ftctl_plugin_up', '1 when the plugin runs and answers.', (_, index) =>
      collected[index] === undefined ? 0 : 1,
    ),
    perPlugin('ftctl_plugin_quarantined', '1 when the plugin is in quarantine.', (keeper) =>
      keeper.isQuarantined ? 1 : 0,
    ),
    perPlugin(
      'ftctl_plugin_crashes',
      'Crashes within the window that counts for quarantine.',
      (keeper) => keeper.status().crashes,
    ),
    ...withLabel(processMetrics(), 'plugin', ''),
    ...collected.flatMap((families, index) =>
      withLabel(families ?? [], 'plugin', ids[index] ?? ''),
    ),
  ]);
}

/** Nothing on a host that has not joined a site. */
function certificate(host: Host): MetricFamily[] {
  const { certificate: own } = host.status().tls;
  if (own === undefined) return [];
  const name = 'ftctl_certificate_expires_seconds';
  const help = "End of this host's certificate, in seconds since 1970.";
  const samples = [{ name, labels: {}, value: Date.parse(own.expiresAt) / 1_000 }];
  return [{ name, help, type: 'gauge', samples }];
}

function info(host: Host): MetricFamily {
  const { host: name, version } = host.status();
  const labels = { host: name, version };
  const metric = 'ftctl_host_info';
  const samples = [{ name: metric, labels, value: 1 }];
  return { name: metric, help: 'Name and version of the host.', type: 'gauge', samples };
}

async function collectPlugin(keeper: Keeper, log: Logger): Promise<MetricFamily[] | undefined> {
  const { socket } = keeper;
  if (socket === undefined) return undefined;
  const { id } = keeper.planned;
  try {
    const limits = { answerWithinMs: COLLECT_WITHIN_MS, timeoutMs: COLLECT_WITHIN_MS };
    return await callControl<MetricFamily[]>(socket, `plugin ${id}`, 'metrics', {}, limits);
  } catch (error) {
    log.debug(`no metrics of plugin ${id}`, { error });
    return undefined;
  }
}
