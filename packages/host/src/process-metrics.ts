import type { MetricFamily } from './core/prometheus.ts';

/** What every process of a host tells about itself. */
export function processMetrics(): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    family('ftctl_process_resident_memory_bytes', 'Resident memory of the process.', 'gauge', [
      process.memoryUsage.rss(),
    ]),
    family('ftctl_process_cpu_seconds_total', 'User and system time of the process.', 'counter', [
      (user + system) / 1e6,
    ]),
    family('ftctl_process_uptime_seconds', 'Time since the process started.', 'gauge', [
      process.uptime(),
    ]),
  ];
}

function family(
  name: string,
  help: string,
  type: MetricFamily['type'],
  values: readonly number[],
): MetricFamily {
  return { name, help, type, samples: values.map((value) => ({ name, labels: {}, value })) };
}
