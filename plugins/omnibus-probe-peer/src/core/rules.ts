import type { AlertFields } from './alert.ts';
import type { SyslogMessage } from './syslog.ts';

/**
 * The rules stage: what a syslog message becomes in the alert table.
 *
 * - Node: the host that the message names, else the address it came from.
 * - AlertGroup: the program.
 * - AlertKey: the text with every run of digits written as `#`, so that the same
 *   complaint about another process id, port or address is the same problem.
 * - Severity: emergency to critical 5, error 4, warning 3, notice 2, the rest 1.
 * - Identifier: Node, AlertGroup, AlertKey and Severity, separated by one space.
 */
export function applyRules(message: SyslogMessage, senderAddress: string): AlertFields {
  const node = clip(message.host ?? senderAddress, MAX_NODE_CHARACTERS);
  const group = clip(message.program ?? 'syslog', MAX_GROUP_CHARACTERS);
  const text = printable(message.text);
  const key = clip(text.replace(/\d+/g, '#'), MAX_KEY_CHARACTERS);
  const severity = SEVERITIES[message.severity] ?? 1;
  return {
    Identifier: `${node} ${group} ${key} ${severity}`,
    Node: node,
    Manager: 'syslog probe',
    AlertGroup: group,
    AlertKey: key,
    Severity: severity,
    Summary: clip(text, MAX_SUMMARY_CHARACTERS),
  };
}

/** So that an Identifier never has more than 255 characters. */
const MAX_NODE_CHARACTERS = 64;
const MAX_GROUP_CHARACTERS = 64;
const MAX_KEY_CHARACTERS = 120;
const MAX_SUMMARY_CHARACTERS = 255;

/** Alert severity by syslog severity. */
const SEVERITIES = [5, 5, 5, 4, 3, 2, 1, 1];

/** One line without control characters or blanks at its ends. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}

function clip(text: string, characters: number): string {
  return text.length <= characters ? text : text.slice(0, characters);
}

/**
 * The part of a message by which both peers know it again: all of it but its
 * time stamp, which differs when the sender writes to each peer on its own.
 */
export function identityText(message: SyslogMessage, senderAddress: string): string {
  return JSON.stringify([
    message.facility,
    message.severity,
    message.host ?? senderAddress,
    message.program ?? '',
    message.pid ?? '',
    message.messageId ?? '',
    message.structuredData ?? '',
    message.text,
  ]);
}
