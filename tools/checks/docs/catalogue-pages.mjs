/** The references of errors and messages. */
import { code, page } from './markdown.mjs';

export function errorsPage(catalogues) {
  return page(
    'Errors',
    'Every error that an operator or a plugin author can meet, by code. ' +
      '`ftctl explain CODE` prints the same. `{name}` stands for a value that the error names.',
    ...catalogues
      .filter(({ errors }) => errors.length > 0)
      .flatMap(({ name, errors }) => [`## ${name}`, ...errors.map(errorEntry)]),
  );
}

function errorEntry({ code: id, text, meaning, action }) {
  return `### ${id}\n\n${code(text)}\n\n${meaning}\n\n**What to do:** ${action}`;
}

const SEVERITIES = { I: 'information', W: 'warning', E: 'error' };

export function messagesPage(catalogues) {
  return page(
    'Messages',
    'What the host and the plugins of this workspace tell their operator. The last letter of an id ' +
      'is its severity. `ftctl explain ID` prints the same for every installed plugin.',
    ...catalogues
      .filter(({ messages }) => messages.length > 0)
      .flatMap(({ name, messages }) => [`## ${name}`, ...messages.map(messageEntry)]),
  );
}

function messageEntry({ id, severity, text, explanation, response }) {
  return (
    `### ${id} (${SEVERITIES[severity]})\n\n${code(text)}\n\n${explanation}\n\n` +
    `**Operator response:** ${response}`
  );
}
