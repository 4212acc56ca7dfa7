import type { Logger, Message, Messages } from '@ftctl/sdk';

/** A message as the status shows it. */
export interface ShownMessage {
  /** ISO 8601. */
  readonly at: string;
  readonly id: string;
  readonly text: string;
}

/** Most messages that a process keeps for its status. */
const KEPT_MESSAGES = 10;

export interface MessageSink extends Messages {
  /** The last ones, oldest first. */
  recent(): readonly ShownMessage[];
}

/** Writes messages to the log, and keeps the last for the status. */
export function createMessageSink(log: Logger): MessageSink {
  const kept: ShownMessage[] = [];
  return {
    emit(message: Message) {
      kept.push({ at: new Date().toISOString(), id: message.id, text: message.text });
      if (kept.length > KEPT_MESSAGES) kept.shift();
      const fields = { id: message.id, params: message.params };
      if (message.severity === 'E') log.error(message.text, fields);
      else if (message.severity === 'W') log.warn(message.text, fields);
      else log.info(message.text, fields);
    },
    recent: () => [...kept],
  };
}
