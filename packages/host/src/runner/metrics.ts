import type { MetricOptions, Metrics } from '@ftctl/sdk';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricFamily } from '../core/prometheus.ts';
import { processMetrics } from '../process-metrics.ts';

export interface PluginMetrics {
  readonly metrics: Metrics;
  /** Everything counted so far, with the process's own. */
  collect(): Promise<MetricFamily[]>;
}

/** A registry of one plugin. Names get the prefix `ftctl_`. */
export function createMetrics(): PluginMetrics {
  const registry = new Registry();
  const common = (options: MetricOptions) => ({
    name: `ftctl_${options.name}`,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
    registers: [registry],
  });
  const metrics: Metrics = {
    counter(options) {
      const counter = new Counter(common(options));
      return { add: (amount = 1, labels = {}) => counter.inc(labels, amount) };
    },
    gauge(options) {
      const gauge = new Gauge(common(options));
      return { set: (value, labels = {}) => gauge.set(labels, value) };
    },
    histogram(options) {
      const histogram = new Histogram({ ...common(options), buckets: [...options.buckets] });
      return { observe: (value, labels = {}) => histogram.observe(labels, value) };
    },
  };
  return { metrics, collect: async () => [...processMetrics(), ...(await families(registry))] };
}

/** What prom-client puts into a value of its JSON, beyond its own types. */
interface RegistryValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

async function families(registry: Registry): Promise<MetricFamily[]> {
  const found = await registry.getMetricsAsJSON();
  return found.map((metric) => ({
    name: metric.name,
    help: metric.help,
    // Typed as a number by prom-client 15, and a word in fact.
    type: metric.type as unknown as MetricFamily['type'],
    samples: (metric.values as readonly RegistryValue[]).map(({ value, labels, metricName }) => ({
      name: metricName ?? metric.name,
      labels,
      value,
    })),
  }));
}
