import { expect, test } from 'vitest';
import { resolveCapabilities } from './capabilities.ts';
import { type MetricFamily, mergeFamilies, toPrometheusText, withLabel } from './prometheus.ts';

test('who provides and who requires are brought together', () => {
  const { byPlugin, problems } = resolveCapabilities([
    { id: 'switch', provides: [{ capability: 'plan.source@1', features: ['live', 'replay'] }] },
    { id: 'mirror', requires: [{ capability: 'plan.source@1', features: ['replay'] }] },
    { id: 'page', requires: [{ capability: 'alerts@2', optional: true }] },
  ]);
  expect(problems).toEqual([]);
  expect(byPlugin.mirror).toEqual([
    { name: 'plan.source', version: 1, features: ['live', 'replay'], provider: 'switch' },
  ]);
  expect(byPlugin.page).toEqual([]);
});

test('a need that nobody meets, or two do, is a problem', () => {
  const { problems } = resolveCapabilities([
    { id: 'a', provides: [{ capability: 'x@1' }] },
    { id: 'b', provides: [{ capability: 'x@1' }], requires: [{ capability: 'y@1' }] },
    { id: 'c', requires: [{ capability: 'x@1', features: ['fast'] }] },
  ]);
  expect(problems).toEqual([
    { plugin: 'b', capability: 'x@1', providers: ['a', 'b'] },
    { plugin: 'b', capability: 'y@1' },
    { plugin: 'c', capability: 'x@1 with fast' },
  ]);
});

test('metrics of several processes become one text with one head per name', () => {
  const one = (value: number): MetricFamily => ({
    name: 'ftctl_alerts_total',
    help: 'Alerts.\nAll of them.',
    type: 'counter',
    samples: [{ name: 'ftctl_alerts_total', labels: { node: 'a"b\\' }, value }],
  });
  const merged = mergeFamilies([
    ...withLabel([one(1)], 'plugin', 'p'),
    ...withLabel([one(Number.POSITIVE_INFINITY)], 'plugin', 'q'),
    { ...one(3), type: 'gauge' },
  ]);
  expect(toPrometheusText(merged)).toBe(
    [
      '# HELP ftctl_alerts_total Alerts.\\nAll of them.',
      '# TYPE ftctl_alerts_total counter',
      'ftctl_alerts_total{node="a\\"b\\\\",plugin="p"} 1',
      'ftctl_alerts_total{node="a\\"b\\\\",plugin="q"} +Inf',
      '',
    ].join('\n'),
  );
});
