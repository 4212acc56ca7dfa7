import type { Colour, Paint } from '../output/colour.ts';

const LEVEL_COLOURS: Readonly<Record<string, Colour>> = {
  debug: 'dim',
  warn: 'yellow',
  error: 'red',
};

/** Keys that have a place of their own in a shown line, or say what the caller knows. */
const KNOWN = new Set(['level', 'time', 'msg', 'plugin', 'host']);

/** A line of a log for people. What is no JSON is shown as it is. */
export function formatLine(line: string, paint: Paint): string {
  const entry = parseLine(line);
  if (!entry) return line;
  const level = String(entry.level ?? '');
  const colour = LEVEL_COLOURS[level];
  const shown = level.toUpperCase().padEnd(5);
  const rest = Object.entries(entry).filter(([key]) => !KNOWN.has(key));
  const fields =
    rest.length === 0 ? '' : ` ${paint('dim', JSON.stringify(Object.fromEntries(rest)))}`;
  const parts = [String(entry.time ?? ''), colour ? paint(colour, shown) : shown, entry.msg ?? ''];
  return `${parts.join(' ')}${fields}`;
}

/** A line as data; undefined when it is not a JSON object. */
export function parseLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    // Cut in the middle when the disk was full.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
