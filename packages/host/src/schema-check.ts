import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** One place where a value does not fit its schema. */
export interface SchemaProblem {
  /** Where, as keys from the root: `['plugins', 'probe', 'port']`. */
  readonly keys: readonly string[];
  /** What is wrong, for people. */
  readonly why: string;
  /** The key that is not known, when that is what is wrong. */
  readonly unknownKey?: string;
}

export type SchemaChecker = (value: unknown) => readonly SchemaProblem[];

/**
 * Compiles a JSON Schema (2020-12). The checker answers what is wrong, nothing
 * when the value fits, and fills in defaults in place. `format` is an
 * annotation, as the standard has it.
 *
 * @throws Error when the schema itself is not valid
 */
export function compileSchema(schema: object): SchemaChecker {
  return compile(schema, true);
}

/**
 * The same for a schema that was checked before: ours, or one of an installed
 * plugin. Checking a schema takes ten times as long as compiling it.
 */
export function compileKnownSchema(schema: object): SchemaChecker {
  return compile(schema, false);
}

function compile(schema: object, validateSchema: boolean): SchemaChecker {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    strict: false,
    validateFormats: false,
    validateSchema,
    logger: false,
  });
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).filter(isCause).map(toProblem);
  };
}

/** `/a/b` of a list of keys, for errors: `a.b`, or `(root)`. */
export function showKeys(keys: readonly string[]): string {
  return keys.length === 0 ? '(root)' : keys.join('.');
}

/** `if` and the like only repeat that something inside them failed. */
function isCause(error: ErrorObject): boolean {
  return error.keyword !== 'if';
}

function toProblem(error: ErrorObject): SchemaProblem {
  const keys = error.instancePath.split('/').slice(1).map(unescapePointer);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      return { keys, why: `unknown key ${key}`, unknownKey: key };
    }
    case 'required':
      return { keys, why: `${String(params.missingProperty)} is missing` };
    case 'enum':
      return { keys, why: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` };
    case 'const':
      return { keys, why: `must be ${JSON.stringify(params.allowedValue)}` };
    default:
      return { keys, why: error.message ?? error.keyword };
  }
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
