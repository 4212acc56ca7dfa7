import * as v from 'valibot';
import { checked } from '../checked.ts';

/** Where a page ended: what its last row was sorted by, and its id. */
export interface Cursor {
  readonly value: string | number;
  readonly id: string;
}

const schema = v.strictTuple([v.union([v.string(), v.number()]), v.string()]);

export function cursorText({ value, id }: Cursor): string {
  return JSON.stringify([value, id]);
}

/** @throws Error when it is not the `next` of a page */
export function parseCursor(text: string): Cursor {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error('`after` must be the `next` of a page');
  }
  const [value, id] = checked(schema, read);
  return { value, id };
}
