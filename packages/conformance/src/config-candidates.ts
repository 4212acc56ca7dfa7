import type { SchemaChecker } from '@ftctl/host';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A config to run a plugin with when its author gives none: the empty one, else
 * one of the schema's `examples`, else one made of what the schema itself fixes
 * for the required keys (`default`, `const`, `enum`, `examples`). Undefined when
 * none of them fits.
 */
export function findConfig(schema: JsonObject, check: SchemaChecker): JsonObject | undefined {
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  const candidates = [{}, ...examples, requiredOnly(schema)];
  return candidates.find((candidate) => isObject(candidate) && fits(candidate, check)) as
    | JsonObject
    | undefined;
}

/**
 * A config that the schema refuses: `good` with one thing wrong. Undefined when
 * the schema seems to accept anything.
 */
export function findBadConfig(
  schema: JsonObject,
  check: SchemaChecker,
  good: JsonObject,
): JsonObject | undefined {
  const properties = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  const wrong = [[], {}, 'wrong', -1.5, null];
  const candidates = [
    { ...good, 'conformance-unknown-key': true },
    ...properties.flatMap((name) => wrong.map((value) => ({ ...good, [name]: value }))),
  ];
  return candidates.find((candidate) => !fits(candidate, check));
}

/** Whether the schema accepts a value; its defaults are filled into a copy. */
export function fits(value: JsonObject, check: SchemaChecker): boolean {
  return check(structuredClone(value)).length === 0;
}

function requiredOnly(schema: JsonObject): JsonObject {
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(required.map((name) => [name, fixedValue(properties[name])]));
}

function fixedValue(schema: unknown): unknown {
  if (!isObject(schema)) return undefined;
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.examples)) return schema.examples[0];
  return schema.type === 'object' ? requiredOnly(schema) : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
