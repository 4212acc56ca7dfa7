import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Manifest } from '@ftctl/sdk';
import type { LabDefinition } from './definition.ts';
import type { RoutePort } from './relay/relay.ts';
import type { RouteName } from './relay/route.ts';
import type { Directory } from './setup.ts';

const LOOPBACK = '127.0.0.1';

/** A plugin of a host that accepts links. */
interface Listener {
  readonly host: string;
  readonly plugin: string;
}

/** Who accepts links, as the manifests say. */
export function listeners(
  definition: LabDefinition,
  manifests: ReadonlyMap<string, Manifest>,
): readonly Listener[] {
  return Object.entries(definition.hosts).flatMap(([host, { plugins }]) =>
    Object.keys(plugins)
      .filter((plugin) => manifests.get(plugin)?.listen !== undefined)
      .map((plugin) => ({ host, plugin })),
  );
}

/** A way from every host to every plugin that accepts links on another one. */
export function allRoutes(definition: LabDefinition, all: readonly Listener[]): RouteName[] {
  return Object.keys(definition.hosts).flatMap((from) =>
    all.filter(({ host }) => host !== from).map(({ host, plugin }) => ({ from, to: host, plugin })),
  );
}

/** What a host's directory says when the relay stands between. */
export function relayDirectory(host: string, ports: readonly RoutePort[]): Directory {
  const entries = ports.filter(({ from }) => from === host);
  return toDirectory(entries.map(({ to, plugin, port }) => ({ host: to, plugin, port })));
}

/** What a host's directory says when hosts talk to each other directly. */
export function directDirectory(
  host: string,
  ports: readonly (Listener & { readonly port: number })[],
): Directory {
  return toDirectory(ports.filter((entry) => entry.host !== host));
}

/**
 * Finds a free port for each of `names`. Another program may take one before it
 * is used; then that host says so when it starts.
 */
export async function freePorts<T>(names: readonly T[]): Promise<(T & { port: number })[]> {
  const servers: Server[] = [];
  try {
    const found: (T & { port: number })[] = [];
    for (const name of names) {
      const server = createServer();
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, LOOPBACK, resolve);
      });
      found.push({ ...name, port: (server.address() as AddressInfo).port });
    }
    return found;
  } finally {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  }
}

function toDirectory(entries: readonly (Listener & { readonly port: number })[]): Directory {
  const directory: Record<string, Record<string, string>> = {};
  for (const { host, plugin, port } of entries) {
    directory[host] = { ...directory[host], [plugin]: `${LOOPBACK}:${port}` };
  }
  return directory;
}
