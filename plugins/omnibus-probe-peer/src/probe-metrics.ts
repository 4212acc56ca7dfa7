import type { Metrics } from '@ftctl/sdk';

/** What a probe counts. */
export function createProbeMetrics(metrics: Metrics) {
  return {
    received: metrics.counter({
      name: 'probe_events_received_total',
      help: 'Syslog messages received',
      labels: ['transport'],
    }),
    forwarded: metrics.counter({
      name: 'probe_events_forwarded_total',
      help: 'Events stored for the ObjectServer',
    }),
    lost: metrics.counter({
      name: 'probe_events_lost_total',
      help: 'Events lost because they could not be stored',
    }),
    active: metrics.gauge({ name: 'probe_active', help: '1 while this probe forwards events' }),
    cached: metrics.gauge({ name: 'probe_cached_events', help: 'Events the slave holds back' }),
    outbox: metrics.gauge({
      name: 'probe_outbox_events',
      help: 'Events stored that the ObjectServer does not have yet',
    }),
  };
}
