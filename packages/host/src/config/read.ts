import { readFile, stat } from 'node:fs/promises';
import { hasJoined } from '@ftctl/pki/credentials';
import { describeError } from '@ftctl/sdk';
import type { HostConfig } from '../config-types.ts';
import { hostErrors } from '../errors.ts';
import type { HomePaths } from '../paths.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

/** Largest `ftctl.yaml` that is read, in bytes. */
const MAX_CONFIG_BYTES = 4 << 20;

/**
 * The configuration of a host, checked, defaults filled in.
 *
 * @throws FtError FT_HOST_NO_HOME, FT_HOST_CONFIG, FT_HOST_CONFIG_UNREADABLE
 */
export async function readConfig(
  paths: HomePaths,
  options: ReadConfigOptions = {},
): Promise<HostConfig> {
  return (await readConfigFile(paths, options)).config;
}

export interface ReadConfigOptions {
  /** Read it as if this host had a certificate: for the commands that get it one. */
  readonly joined?: boolean;
}

/** The same together with the text, for edits and for errors that name a line. */
export async function readConfigFile(
  paths: HomePaths,
  { joined = hasJoined(paths.tls) }: ReadConfigOptions = {},
): Promise<ParsedConfig> {
  return parseConfig(await readText(paths), paths.config, joined);
}

async function readText(paths: HomePaths): Promise<string> {
  const file = paths.config;
  try {
    const { size } = await stat(file);
    if (size > MAX_CONFIG_BYTES) {
      throw new Error(`it has ${size} bytes, the limit is ${MAX_CONFIG_BYTES}`);
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw hostErrors.NO_HOME({ home: paths.home, file });
    }
    throw hostErrors.CONFIG_UNREADABLE({ file, why: describeError(cause) }, cause);
  }
}
