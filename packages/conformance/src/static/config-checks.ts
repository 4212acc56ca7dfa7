import { join } from 'node:path';
import { checkConfigSchema, compileSchema, readPluginJson } from '@ftctl/host';
import { findBadConfig, findConfig, fits } from '../config-candidates.ts';
import type { Check } from '../requirement.ts';
import type { PackageSubject } from './subject.ts';

const COMPILES = ['FTC-CFG-SCHEMA'];

function withoutConfig({ manifest }: PackageSubject): string | undefined {
  return manifest.config ? undefined : 'it has no configuration';
}

/** Reads and compiles the package's schema. */
export async function readSchema(folder: string, file: string) {
  const schema = (await readPluginJson(join(folder, file))) as Record<string, unknown>;
  return { schema, check: compileSchema(schema) };
}

function schemaOf({ folder, manifest }: PackageSubject) {
  return readSchema(folder, manifest.config?.schema ?? '');
}

/** What the config schema must be like. */
export const configChecks: readonly Check<PackageSubject>[] = [
  {
    id: 'FTC-CFG-SCHEMA',
    level: 'MUST',
    text: 'The config schema is valid JSON Schema 2020-12.',
    needs: ['FTC-PKG-JSON', 'FTC-MAN-VALID', 'FTC-PKG-FILES'],
    notClaimed: withoutConfig,
    test: ({ plugin }) => checkConfigSchema(plugin),
  },
  {
    id: 'FTC-CFG-EMPTY',
    level: 'MUST',
    text: 'The schema accepts an empty config, or says which keys are required.',
    needs: COMPILES,
    notClaimed: withoutConfig,
    test: async (subject) => {
      const { check } = await schemaOf(subject);
      const problems = check({});
      if (problems.length === 0 || problems.some(({ why }) => why.endsWith('is missing'))) return;
      throw new Error(`for an empty config it only says: ${problems[0]?.why}`);
    },
  },
  {
    id: 'FTC-CFG-EXAMPLE',
    level: 'SHOULD',
    text: 'Where keys are required, `examples` in the schema gives a whole config.',
    needs: COMPILES,
    notClaimed: withoutConfig,
    test: async (subject) => {
      const { schema, check } = await schemaOf(subject);
      if (fits({}, check)) return;
      if (!Array.isArray(schema.examples)) throw new Error('`examples` is missing');
      if (!findConfig({ examples: schema.examples }, check)) {
        throw new Error('none of its `examples` fits the schema');
      }
    },
  },
  {
    id: 'FTC-CFG-UNKNOWN',
    level: 'SHOULD',
    text: 'The schema refuses keys that it does not know, so that a slip of the pen is found.',
    needs: COMPILES,
    notClaimed: withoutConfig,
    test: async (subject) => {
      const { schema, check } = await schemaOf(subject);
      const good = findConfig(schema, check) ?? {};
      if (!findBadConfig({}, check, good)) throw new Error('set "additionalProperties": false');
    },
  },
  {
    id: 'FTC-CFG-SECRETS',
    level: 'MUST',
    text: 'Every pointer in `config.secrets` names a property of the schema.',
    needs: COMPILES,
    notClaimed: ({ manifest }) =>
      manifest.config?.secrets?.length ? undefined : 'it names no secrets',
    test: async (subject) => {
      const { schema } = await schemaOf(subject);
      const lost = subject.manifest.config?.secrets?.find((one) => !hasProperty(schema, one));
      if (lost !== undefined) throw new Error(`the schema has no property at ${lost}`);
    },
  },
];

function hasProperty(schema: unknown, pointer: string): boolean {
  let place = schema;
  for (const key of pointer.split('/').slice(1)) {
    const { properties } = (place ?? {}) as { properties?: Record<string, unknown> };
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!properties || !Object.hasOwn(properties, name)) return false;
    place = properties[name];
  }
  return true;
}
