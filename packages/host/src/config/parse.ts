import { isLoopback } from '@ftctl/link/loopback';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { HostConfig } from '../config-types.ts';
import { hostErrors } from '../errors.ts';
import {
  compileKnownSchema,
  type SchemaChecker,
  type SchemaProblem,
  showKeys,
} from '../schema-check.ts';
import { splitService } from '../tls/address.ts';
import { hostConfigSchema } from './schema.ts';

/** A configuration together with the text that it came from. */
export interface ParsedConfig {
  readonly config: HostConfig;
  readonly document: Document;
  /** The error for one place of the file, with its line. */
  problemAt(problem: SchemaProblem): Error;
}

/** Found here, before a plugin is restarted with an address that its link will refuse. */
const NOT_LOOPBACK =
  'must be of this machine, like 127.0.0.1, until this host has a certificate (`ftctl join`)';

let check: SchemaChecker | undefined;

/**
 * Reads the text of an `ftctl.yaml`.
 *
 * @param file names the file in errors
 * @param joined whether this host has a certificate, so that it may use addresses beyond loopback
 * @throws FtError FT_HOST_CONFIG naming file, line, place and what is wrong
 */
export function parseConfig(text: string, file: string, joined: boolean): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake) {
    const { line } = lines.linePos(mistake.pos[0]);
    throw hostErrors.CONFIG({ file, line, path: 'YAML', why: mistake.message });
  }
  const problemAt = (problem: SchemaProblem) => {
    const line = lines.linePos(offsetOf(document, problem)).line;
    return hostErrors.CONFIG({ file, line, path: showKeys(problem.keys), why: problem.why });
  };
  const value = withoutEmptySections(document.toJS() ?? {});
  check ??= compileKnownSchema(hostConfigSchema);
  const [problem] = check(value);
  if (problem) throw problemAt(problem);
  const config = value as HostConfig;
  const far = joined ? undefined : firstFarPlace(config);
  if (far !== undefined) throw problemAt({ keys: far, why: NOT_LOOPBACK });
  return { config, document, problemAt };
}

/** Where the first address beyond loopback stands that links would use. */
function firstFarPlace({
  listen,
  dashboard,
  directory,
}: HostConfig): readonly string[] | undefined {
  if (!isLoopback(listen)) return ['listen'];
  if (!isLoopback(splitService(dashboard.listen).address)) return ['dashboard', 'listen'];
  for (const [host, plugins] of Object.entries(directory)) {
    for (const [plugin, entry] of Object.entries(plugins)) {
      const address = entry.replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '');
      if (!isLoopback(address)) return ['directory', host, plugin];
    }
  }
  return undefined;
}

/** Where the nearest thing stands that the problem is about. */
function offsetOf(document: Document, problem: SchemaProblem): number {
  const { keys, unknownKey } = problem;
  const path = unknownKey === undefined ? keys : [...keys, unknownKey];
  for (let depth = path.length; depth > 0; depth -= 1) {
    const map = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const offset = keyOffset(map, path[depth - 1]);
    if (offset !== undefined) return offset;
  }
  return 0;
}

function keyOffset(map: unknown, key: string | undefined): number | undefined {
  if (!isMap(map)) return undefined;
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** People leave `plugins:` or `probe:` empty, which YAML reads as null: the same as not there, or `{}`. */
function withoutEmptySections(value: unknown): unknown {
  if (!isObject(value)) return value;
  const top = withoutNulls(value);
  if (isObject(top.plugins)) {
    top.plugins = mapValues(top.plugins, (entry) =>
      isObject(entry) ? withoutNulls(entry) : (entry ?? {}),
    );
  }
  if (isObject(top.directory)) top.directory = mapValues(top.directory, (entry) => entry ?? {});
  return top;
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

function mapValues(
  value: Record<string, unknown>,
  change: (inner: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
