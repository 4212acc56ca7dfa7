import type {
  Counter,
  Gauge,
  Histogram,
  Labels,
  LogFields,
  Logger,
  Message,
  Messages,
  MetricOptions,
  Metrics,
} from '@ftctl/sdk';
import type { SimProcess } from './process.ts';

/** A line of a plugin's log, as it was kept. */
export interface LogLine {
  /** Virtual time, milliseconds. */
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly fields: LogFields;
}

export interface EmittedMessage extends Message {
  readonly at: number;
}

/** Lines and messages that are kept for each plugin; the oldest go first. */
const MAX_KEPT = 10_000;

/** What a plugin said, over all its lives: log, messages, and the metrics of the present one. */
export class Capture {
  readonly lines: LogLine[] = [];
  readonly messages: EmittedMessage[] = [];
  readonly #values = new Map<string, number>();

  /** Value of a metric, sum of a histogram's observations; undefined when it was never set. */
  metric(name: string, labels: Labels = {}): number | undefined {
    return this.#values.get(metricKey(name, labels));
  }

  logger(process: SimProcess, bound: LogFields = {}): Logger {
    const write =
      (level: LogLine['level']) =>
      (text: string, fields: LogFields = {}) => {
        if (!process.call()) return;
        const line = { at: process.scheduler.now, level, text, fields: { ...bound, ...fields } };
        keep(this.lines, line);
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => this.logger(process, { ...bound, ...fields }),
    };
  }

  emitter(process: SimProcess): Messages {
    return {
      emit: (message) => {
        if (process.call()) keep(this.messages, { at: process.scheduler.now, ...message });
      },
    };
  }

  /** Metrics start again with each life, as in a real process. */
  metricsOf(process: SimProcess): Metrics {
    this.#values.clear();
    const write = (options: MetricOptions, adds: boolean) => (amount: number, labels?: Labels) => {
      if (!process.call()) return;
      const key = metricKey(options.name, labels ?? {});
      this.#values.set(key, (adds ? (this.#values.get(key) ?? 0) : 0) + amount);
    };
    return {
      counter: (options): Counter => {
        const add = write(options, true);
        return { add: (amount = 1, labels) => add(amount, labels) };
      },
      gauge: (options): Gauge => ({ set: write(options, false) }),
      histogram: (options): Histogram => ({ observe: write(options, true) }),
    };
  }
}

function keep<T>(list: T[], item: T): void {
  if (list.length >= MAX_KEPT) list.shift();
  list.push(item);
}

function metricKey(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${name}${JSON.stringify(pairs)}`;
}
