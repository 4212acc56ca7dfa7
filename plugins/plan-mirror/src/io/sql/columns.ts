/** Columns of text; all others hold whole numbers. */
const TEXT: ReadonlySet<string> = new Set([
  'id',
  'ws',
  'name',
  'def',
  'state',
  'stream',
  'more',
  'text',
  'domain',
  'type',
  'os',
  'node',
  'host',
  'method',
  'held',
  'unfit',
  'features',
  'links_out',
  'links_in',
  'dropped',
  'parent',
  'manager',
  'voters',
]);

export function isText(column: string): boolean {
  return TEXT.has(column);
}
