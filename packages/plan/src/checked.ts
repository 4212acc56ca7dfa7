import * as v from 'valibot';

/**
 * What a schema makes of a value that came from a peer, a disk or a file.
 *
 * @throws Error with the place and what is wrong there: `event.s.v.era: Invalid type: ...`
 */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  throw new Error(place === null ? issue.message : `${place}: ${issue.message}`);
}
