import type { Metrics } from '@ftctl/sdk';
import { fillsOf, queuesOf, replaysOf } from './queues.ts';
import type { Workstation } from './workstation.ts';

/** What `/metrics` of the host shows of this plugin. Set each second. */
export class StationMetrics {
  readonly #queue;
  readonly #ftbox;
  readonly #fill;
  readonly #replayed;
  readonly #open;
  readonly #epoch;
  readonly #acting;
  readonly #fit;
  readonly #duplicates;

  constructor(metrics: Metrics) {
    this.#queue = metrics.gauge({
      name: 'tws_queue_records',
      help: 'messages that wait for a reader',
      labels: ['queue', 'reader'],
    });
    this.#ftbox = metrics.gauge({
      name: 'tws_ftbox_bytes',
      help: 'what an ftbox holds',
      labels: ['box'],
    });
    this.#fill = metrics.gauge({
      name: 'tws_fill_ratio',
      help: 'how much of its limit a log, a pobox or an ftbox takes up',
      labels: ['what'],
    });
    this.#replayed = metrics.gauge({
      name: 'tws_replayed',
      help: '1 when the target was replayed since this workstation manages its domain',
      labels: ['target'],
    });
    this.#open = metrics.gauge({
      name: 'tws_connection_open',
      help: '1 when a connection of this workstation is open',
      labels: ['to', 'kind'],
    });
    this.#epoch = metrics.gauge({
      name: 'tws_epoch_number',
      help: 'epoch of the domain',
      labels: ['domain'],
    });
    this.#acting = metrics.gauge({
      name: 'tws_acting',
      help: '1 while this workstation acts as manager',
    });
    this.#fit = metrics.gauge({
      name: 'tws_fit',
      help: '1 when this full-status agent may take over',
    });
    this.#duplicates = metrics.gauge({
      name: 'tws_duplicate_messages',
      help: 'messages that came twice and were dropped since the start',
    });
  }

  set(station: Workstation): void {
    const { domain, roles, stores } = station.desk;
    for (const { queue, reader, records } of queuesOf(station)) {
      this.#queue.set(records, { queue, reader });
    }
    this.#ftbox.set(stores.ftup.bounds().bytes, { box: 'ftup' });
    this.#ftbox.set(stores.ftdown.bounds().bytes, { box: 'ftdown' });
    for (const { what, bytes, limit } of fillsOf(station)) this.#fill.set(bytes / limit, { what });
    for (const { target, replayed } of replaysOf(station)) {
      this.#replayed.set(replayed ? 1 : 0, { target });
    }
    for (const { to, kind, open } of station.sessions.status()) {
      this.#open.set(open ? 1 : 0, { to, kind });
    }
    this.#epoch.set(roles.epochOf(domain).number, { domain });
    this.#acting.set(roles.acting() ? 1 : 0);
    this.#fit.set(station.mending.lacks === undefined ? 1 : 0);
    this.#duplicates.set(station.mailman.duplicates);
  }
}
