import type { LogFields, Logger } from '@ftctl/sdk';
import { type Logger as Pino, pino } from 'pino';
import type { LogLevel } from '../config-types.ts';
import { type LogFile, LogSink } from './sink.ts';

export interface OpenLog {
  readonly log: Logger;
  close(limitMs?: number): Promise<void>;
}

/** Opens a log of JSON lines: level, time (ISO 8601), the given fields, `msg`. */
export function openLog(file: LogFile, level: LogLevel, fields: LogFields): OpenLog {
  const sink = new LogSink(file);
  const root = pino(
    {
      level,
      base: fields,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    sink,
  );
  return { log: toLogger(root), close: (limitMs) => sink.close(limitMs) };
}

function toLogger(target: Pino): Logger {
  return {
    debug: (text, fields = {}) => target.debug(fields, text),
    info: (text, fields = {}) => target.info(fields, text),
    warn: (text, fields = {}) => target.warn(fields, text),
    error: (text, fields = {}) => target.error(fields, text),
    child: (fields) => toLogger(target.child(fields)),
  };
}
