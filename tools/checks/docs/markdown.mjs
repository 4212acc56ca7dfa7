/** Small pieces of Markdown. */

export const GENERATED =
  '<!-- Written by `npm run docs`; `npm run check` fails when it is stale. -->';

export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function cell(text) {
  return String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function code(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function page(title, ...parts) {
  return `${[`# ${title}`, GENERATED, ...parts].join('\n\n')}\n`;
}
