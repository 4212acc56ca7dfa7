import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeError } from '@ftctl/sdk';
import { LineCounter, parseDocument } from 'yaml';
import { labErrors } from './errors.ts';

/** A network of hosts, as a lab file describes it. */
export interface LabDefinition {
  /** False: hosts talk to each other directly, on ports chosen beforehand. */
  readonly relay: boolean;
  /** The host with the CA of a lab whose links use TLS; absent in one without. */
  readonly tls?: string;
  /** Plugin id to its source: a folder or file (absolute path), or a package name. */
  readonly plugins: Readonly<Record<string, string>>;
  readonly hosts: Readonly<Record<string, LabHostDefinition>>;
}

export interface LabHostDefinition {
  /** Plugin id to the plugin's own config. */
  readonly plugins: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Most hosts in a lab; each pair needs a port for every plugin that listens. */
export const MAX_HOSTS = 64;

const HOST_NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const PLUGIN_ID = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Reads a lab file. Relative sources are taken from the folder of the file.
 *
 * @throws FtError FT_LAB_NO_FILE, FT_LAB_FILE
 */
export async function readDefinition(file: string): Promise<LabDefinition> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw labErrors.NO_FILE({ file, why: describeError(error) }, error);
  }
  return parseDefinition(text, file);
}

/**
 * Parses the text of a lab file; `file` is for error texts and relative sources.
 *
 * @throws FtError FT_LAB_FILE
 */
export function parseDefinition(text: string, file: string): LabDefinition {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const why = error.message.split('\n', 1)[0] ?? error.code;
    throw labErrors.FILE({ file, at: `line ${line}`, why: why.replace(/:$/, '') });
  }
  return checkDefinition(document.toJS(), file);
}

/**
 * Checks a definition that did not come from a file, or from one after parsing.
 *
 * @throws FtError FT_LAB_FILE naming the first place that is wrong
 */
export function checkDefinition(value: unknown, file: string): LabDefinition {
  const fail: Fail = (at, why) => {
    throw labErrors.FILE({ file, at, why });
  };
  const root = mapping(value, 'the file', fail);
  onlyKeys(root, ['relay', 'tls', 'plugins', 'hosts'], '', fail);
  const { relay = true } = root;
  if (typeof relay !== 'boolean') fail('relay', 'must be true or false');
  const plugins = checkSources(root.plugins ?? {}, dirname(resolve(file)), fail);
  const hosts = checkHosts(root.hosts, plugins, fail);
  const tls = checkTls(root.tls ?? false, Object.keys(hosts), fail);
  return { relay: relay === true, ...(tls === undefined ? {} : { tls }), plugins, hosts };
}

/** `true`: the first host has the CA; a name: that one. */
function checkTls(value: unknown, hosts: readonly string[], fail: Fail): string | undefined {
  if (value === false) return undefined;
  if (value === true) return hosts[0];
  if (typeof value !== 'string' || !hosts.includes(value)) {
    fail('tls', 'must be true, false or the name of a host, which then has the CA');
  }
  return value as string;
}

type Fail = (at: string, why: string) => never;

function checkSources(value: unknown, folder: string, fail: Fail): Record<string, string> {
  const sources: Record<string, string> = {};
  for (const [id, source] of Object.entries(mapping(value, 'plugins', fail))) {
    const at = `plugins.${id}`;
    if (!PLUGIN_ID.test(id)) fail(at, 'is not the id of a plugin (lower case, digits and -)');
    if (typeof source !== 'string' || source === '') {
      fail(at, 'must be a folder, a .tgz file or the name of a package');
    }
    sources[id] = isPath(source) ? resolve(folder, source) : source;
  }
  return sources;
}

/** As npm tells a path from a package name. */
function isPath(source: string): boolean {
  return /^\.{0,2}\//.test(source) || source === '.' || source === '..' || source.endsWith('.tgz');
}

function checkHosts(
  value: unknown,
  sources: Readonly<Record<string, string>>,
  fail: Fail,
): Record<string, LabHostDefinition> {
  const hosts: Record<string, LabHostDefinition> = {};
  const entries = Object.entries(mapping(value, 'hosts', fail));
  if (entries.length === 0) fail('hosts', 'must name at least one host');
  if (entries.length > MAX_HOSTS) fail('hosts', `has ${entries.length}, the limit is ${MAX_HOSTS}`);
  for (const [name, body] of entries) {
    const at = `hosts.${name}`;
    if (!HOST_NAME.test(name)) fail(at, 'is not a host name (lower case, digits, . and -)');
    const host = mapping(body ?? {}, at, fail);
    onlyKeys(host, ['plugins'], `${at}.`, fail);
    hosts[name] = { plugins: checkHostPlugins(host.plugins ?? {}, at, sources, fail) };
  }
  return hosts;
}

function checkHostPlugins(
  value: unknown,
  host: string,
  sources: Readonly<Record<string, string>>,
  fail: Fail,
): LabHostDefinition['plugins'] {
  const plugins: Record<string, Record<string, unknown>> = {};
  for (const [id, config] of Object.entries(mapping(value, `${host}.plugins`, fail))) {
    const at = `${host}.plugins.${id}`;
    if (!Object.hasOwn(sources, id)) {
      fail(at, 'has no source: name its folder, file or package under the top-level `plugins:`');
    }
    plugins[id] = mapping(config ?? {}, at, fail);
  }
  return plugins;
}

function mapping(value: unknown, at: string, fail: Fail): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(at, 'must be a mapping of names to values');
  }
  return value as Record<string, unknown>;
}

function onlyKeys(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix: string,
  fail: Fail,
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      fail(`${prefix}${key}`, `is not known here; known are ${known.join(', ')}`);
    }
  }
}
