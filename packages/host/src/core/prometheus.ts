/** One metric with its samples, as processes of one host hand it to each other. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** Name of the sample; a histogram's differ from the family's by `_bucket`, `_sum`, `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Adds a label to every sample; one of the same name gives way. */
export function withLabel(
  families: readonly MetricFamily[],
  label: string,
  value: string,
): MetricFamily[] {
  return families.map((family) => ({
    ...family,
    samples: family.samples.map((sample) => ({
      ...sample,
      labels: { ...sample.labels, [label]: value },
    })),
  }));
}

/**
 * Brings families of several processes together: one of each name, as the
 * format asks, with all samples. Where two disagree about the type, the samples
 * of the later one are left out.
 */
export function mergeFamilies(all: readonly MetricFamily[]): MetricFamily[] {
  const merged = new Map<string, MetricFamily>();
  for (const family of all) {
    const first = merged.get(family.name);
    if (!first) merged.set(family.name, family);
    else if (first.type === family.type) {
      merged.set(family.name, { ...first, samples: [...first.samples, ...family.samples] });
    }
  }
  return [...merged.values()];
}

/** The Prometheus text format, version 0.0.4. */
export function toPrometheusText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('\n');
}

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

function familyText(family: MetricFamily): string {
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const head = `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n`;
  return head + family.samples.map(sampleText).join('');
}

function sampleText(sample: MetricSample): string {
  const labels = Object.entries(sample.labels).map(
    ([name, value]) => `${name}="${escapeLabel(value)}"`,
  );
  const inBraces = labels.length === 0 ? '' : `{${labels.join(',')}}`;
  return `${sample.name}${inBraces} ${numberText(sample.value)}\n`;
}

function escapeLabel(value: string | number): string {
  return String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
