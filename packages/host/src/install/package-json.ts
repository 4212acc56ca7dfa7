import { join } from 'node:path';
import { describeError } from '@ftctl/sdk';
import semver from 'semver';
import { readPluginJson } from '../manifest.ts';
import { installErrors } from './errors.ts';

/** What the installer reads of a package's `package.json`. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly type?: string;
  readonly keywords?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
}

const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Fields that are objects from text to text, when present. */
const TABLES = ['engines', 'scripts', 'dependencies', 'optionalDependencies'];

/**
 * Reads the `package.json` in a package's folder.
 *
 * @throws FtError FT_INSTALL_MANIFEST when it is missing, too large or not valid
 */
export async function readPackageJson(folder: string): Promise<PackageJson> {
  const file = join(folder, 'package.json');
  const value = await readPluginJson(file).catch((cause) => {
    throw installErrors.MANIFEST({ package: folder, why: describeError(cause) }, cause);
  });
  const why = problem(value);
  if (why !== undefined) throw installErrors.MANIFEST({ package: folder, why });
  return value as PackageJson;
}

function problem(value: unknown): string | undefined {
  if (!isTable(value)) return 'its package.json is not a JSON object';
  if (typeof value.name !== 'string' || !NAME.test(value.name) || value.name.length > 214) {
    return 'the `name` in its package.json is no package name';
  }
  if (typeof value.version !== 'string' || semver.valid(value.version) !== value.version) {
    return 'the `version` in its package.json is no version like 1.2.3';
  }
  for (const field of TABLES) {
    const table = value[field];
    if (table === undefined) continue;
    if (!isTable(table) || Object.values(table).some((text) => typeof text !== 'string')) {
      return `\`${field}\` in its package.json is not an object of texts`;
    }
  }
  return undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
