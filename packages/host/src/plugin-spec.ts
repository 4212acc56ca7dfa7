import { createHash } from 'node:crypto';
import type { Capability, Manifest } from '@ftctl/sdk';
import type { HostConfig } from './config-types.ts';

/** Everything that makes one plugin process what it is. When it changes, the process is replaced. */
export interface PluginSpec {
  readonly plugin: string;
  readonly version: string;
  /** Absolute path of its package. */
  readonly folder: string;
  /** Home of the host. */
  readonly home: string;
  /** Name of the host. */
  readonly host: string;
  /** Its part of `ftctl.yaml`, checked, with the schema's defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly directory: HostConfig['directory'];
  /** Present when it accepts links. Port 0: the system chooses. */
  readonly listen?: { readonly address: string; readonly port: number };
  /** Present once this host has joined a site: all links use TLS. */
  readonly tls?: true;
  readonly capabilities: readonly Capability[];
  readonly log: HostConfig['log'];
}

/**
 * What a plugin process reads when it starts: a file that only its user can
 * read. Whoever writes it has checked manifest and configuration, so that no
 * plugin code runs before they are valid; the process itself need not load what
 * checks them, which would take half of its start.
 */
export interface StartFile {
  readonly spec: PluginSpec;
  readonly manifest: Manifest;
  /** `specDigest(spec)`. */
  readonly digest: string;
  /** Version of the code that runs it. */
  readonly runner: string;
  /** Path of its control socket. */
  readonly socket: string;
}

/** The same for the same spec, whatever the order of its keys. */
export function specDigest(spec: PluginSpec): string {
  return createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}
