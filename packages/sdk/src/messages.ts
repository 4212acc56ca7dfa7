import { fillTemplate, type TemplateParam, type TemplateParams } from './template.ts';

/**
 * The message catalogue: what a plugin tells its operator. Each message has an
 * id that ends in its severity (`FTOP001I`), a text with parameters, and for
 * `ftctl explain` an explanation and an operator response.
 */

/** `I` information, `W` warning, `E` error. */
export type MessageSeverity = 'I' | 'W' | 'E';

export interface MessageEntry<Text extends string = string> {
  readonly text: Text;
  readonly explanation: string;
  readonly response: string;
  /** Why it is never emitted here, for a message that is known from elsewhere. */
  readonly cannotOccur?: string;
}

export interface DescribedMessage extends MessageEntry {
  readonly id: string;
  readonly severity: MessageSeverity;
}

/** A message with its parameters filled in, ready to be emitted. */
export interface Message {
  readonly id: string;
  readonly severity: MessageSeverity;
  readonly text: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Four to six capital letters for system and component, three digits, the severity: `FTOP001I`, `AWSBAT001I`. */
export type MessageId = `${Uppercase<string>}${MessageSeverity}`;

type Compose<Text extends string> = [TemplateParam<Text>] extends [never]
  ? () => Message
  : (params: TemplateParams<Text>) => Message;

export type MessageCatalogue<Entries extends Record<string, MessageEntry>> = {
  readonly [Id in keyof Entries]: Compose<Entries[Id]['text']>;
} & { readonly catalogue: readonly DescribedMessage[] };

const MESSAGE_ID = /^[A-Z]{4,6}\d{3}[IWE]$/;

/**
 * Declares a component's messages.
 *
 * @throws TypeError when an id is not four to six capital letters, three digits and `I`, `W` or `E`.
 */
export function defineMessages<const Entries extends Record<MessageId, MessageEntry>>(
  entries: Entries,
): MessageCatalogue<Entries> {
  const catalogue: DescribedMessage[] = [];
  const composers: Record<string, unknown> = { catalogue };
  for (const [id, entry] of Object.entries<MessageEntry>(entries)) {
    if (!MESSAGE_ID.test(id)) throw new TypeError(`message id ${id} is not like FTOP001I`);
    const severity = id.slice(-1) as MessageSeverity;
    catalogue.push({ id, severity, ...entry });
    composers[id] = (params: Record<string, string | number> = {}): Message => ({
      id,
      severity,
      text: fillTemplate(entry.text, params),
      params,
    });
  }
  return composers as MessageCatalogue<Entries>;
}

/** Where a plugin's messages go: its log, and the host's status. */
export interface Messages {
  emit(message: Message): void;
}
