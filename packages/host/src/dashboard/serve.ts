import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { isLoopback } from '@ftctl/link/loopback';
import { type Credentials, type CredentialsSource, openCredentials } from '@ftctl/pki/credentials';
import { describeError } from '@ftctl/sdk';
import { callPlugin } from '../control/call.ts';
import type { Host } from '../daemon/host.ts';
import { hostErrors } from '../errors.ts';
import type { HomePaths } from '../paths.ts';
import type { PluginSpec } from '../plugin-spec.ts';
import type { ViewShape } from '../runner/views.ts';
import { splitService } from '../tls/address.ts';
import { Access } from './access.ts';
import type { DashboardParts, ShownPanel } from './app.ts';
import { Changes } from './changes.ts';
import type { PluginViews } from './openapi.ts';
import { readToken } from './token.ts';
import { ViewCache } from './view-cache.ts';

const REQUEST_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;
const VERSION_WITHIN_MS = 2_000;
/** Watchers, each with a connection that stays open, and their questions. */
const MAX_CONNECTIONS = 4_096;
/** A page that asks every few seconds keeps its connection: a new one each time costs more than the answer. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 8_192;
/** Headers that belong to one answer; all others are the same with each. */
const OF_THE_ANSWER = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'etag',
  'vary',
]);
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface DashboardServer {
  /** `http://127.0.0.1:PORT`, or `https://...`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface DashboardPlace {
  readonly paths: HomePaths;
  readonly host: Host;
  /** Version of the host. */
  readonly version: string;
  /** `address:port`. */
  readonly listen: string;
  /** Beyond loopback: browsers show a certificate of the site as well. */
  readonly clientCertificates: boolean;
  /** Folder of the frame. */
  readonly assets: string;
}

/**
 * Serves the dashboard of this host: on loopback as it is, elsewhere by TLS with
 * the host's certificate alone.
 *
 * @throws FtError FT_HOST_DASHBOARD
 */
export async function serveDashboard(place: DashboardPlace): Promise<DashboardServer> {
  const { paths, host, listen } = place;
  const { address, port } = splitService(listen);
  const isLocal = isLoopback(address);
  const views = new ViewCache(
    (plugin, path, query) => ask(place, plugin, path, query),
    () => performance.now(),
  );
  const changes = new Changes(
    () => versionsOf(place),
    (plugin) => views.forget(plugin),
  );
  const parts: DashboardParts = {
    host: host.config.host,
    version: place.version,
    access: new Access(await readToken(paths), isLocal ? LOOPBACK_NAMES : undefined),
    assets: place.assets,
    changes,
    panels: () => shownPanels(host),
    panelFolder: (plugin) => panelFolder(host, plugin),
    describe: () => describeViews(place),
  };
  const listener = answeredBy(parts, views);
  const credentials = isLocal ? undefined : await credentialsOf(place);
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server =
    credentials === undefined
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, ...tlsOptions(credentials.current(), place) }, listener);
  credentials?.onChange(() => {
    if (server instanceof TlsServer) {
      server.setSecureContext(tlsOptions(credentials.current(), place));
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(hostErrors.DASHBOARD({ listen, why: describeError(error) }, error));
    });
    server.listen(port, address, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const shown = address.includes(':') ? `[${address}]` : address;
  return {
    address: `${isLocal ? 'http' : 'https'}://${shown}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        changes.stop();
        credentials?.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The application is loaded with the first question: a host at which nobody looks does not carry it. */
function answeredBy(parts: DashboardParts, views: ViewCache): RequestListener {
  let loaded: Promise<RequestListener> | undefined;
  const load = async (): Promise<RequestListener> => {
    const [{ getRequestListener }, { dashboardApp }, { ViewAnswers }] = await Promise.all([
      import('@hono/node-server'),
      import('./app.ts'),
      import('./view-answers.ts'),
    ]);
    const app = dashboardApp(parts);
    const { headers } = await app.request('/');
    const secure = [...headers].filter(([name]) => !OF_THE_ANSWER.has(name)).flat();
    const ofViews = new ViewAnswers(parts.access, views, secure);
    const whole = getRequestListener(app.fetch);
    return (request, response) => {
      if (!ofViews.answer(request, response)) void whole(request, response);
    };
  };
  return (request, response) => {
    loaded ??= load();
    loaded.then(
      (answer) => answer(request, response),
      (error: unknown) => response.writeHead(500).end(`${describeError(error)}\n`),
    );
  };
}

function credentialsOf({ paths, listen }: DashboardPlace): Promise<CredentialsSource> {
  return openCredentials(paths.tls).catch((error: unknown) => {
    const why = `beyond loopback it needs the certificate of this host: ${describeError(error)}`;
    throw hostErrors.DASHBOARD({ listen, why }, error);
  });
}

function tlsOptions(credentials: Credentials, { clientCertificates }: DashboardPlace) {
  const { key, certificate: cert, ca, crl } = credentials;
  return { key, cert, ca, crl, requestCert: clientCertificates, rejectUnauthorized: true };
}

async function ask(
  { paths }: DashboardPlace,
  plugin: string,
  path: string,
  query: URLSearchParams,
): Promise<unknown> {
  const values = [...new Set(query.keys())].map((name) => [name, query.getAll(name)]);
  const question = { path, query: Object.fromEntries(values) };
  return await callPlugin(paths, plugin, 'view', question, { timeoutMs: ANSWER_WITHIN_MS });
}

function specsOf(host: Host): readonly PluginSpec[] {
  return host.keepers.flatMap(({ planned: { launch } }) => (launch ? [launch.spec] : []));
}

function shownPanels(host: Host): readonly ShownPanel[] {
  return host.keepers.flatMap(({ planned: { launch } }) =>
    (launch?.manifest.panels ?? []).map(({ id, title, entry }): ShownPanel => {
      const { plugin, version } = launch?.spec ?? { plugin: '', version: '' };
      const file = entry.slice(entry.lastIndexOf('/') + 1);
      return { plugin, id, title, version, entry: `/panels/${plugin}/${file}` };
    }),
  );
}

function panelFolder(host: Host, plugin: string): string | undefined {
  for (const { planned } of host.keepers) {
    const [panel] = planned.launch?.manifest.panels ?? [];
    if (planned.id !== plugin || panel === undefined || planned.launch === undefined) continue;
    return join(planned.launch.spec.folder, dirname(panel.entry));
  }
  return undefined;
}

async function describeViews({ paths, host }: DashboardPlace): Promise<readonly PluginViews[]> {
  const described = specsOf(host).map(async ({ plugin, version }): Promise<PluginViews> => {
    const asked = callPlugin<{ readonly views: readonly ViewShape[] }>(paths, plugin, 'views', {});
    const { views } = await asked.catch(() => ({ views: [] }));
    return { plugin, version, views };
  });
  return (await Promise.all(described)).filter(({ views }) => views.length > 0);
}

async function versionsOf({ paths, host }: DashboardPlace): Promise<ReadonlyMap<string, string>> {
  const shown = new Set(shownPanels(host).map(({ plugin }) => plugin));
  const versions = [...shown].map(async (plugin) => {
    const asked = callPlugin<{ readonly version: string }>(
      paths,
      plugin,
      'views-version',
      {},
      {
        timeoutMs: VERSION_WITHIN_MS,
      },
    );
    const { version } = await asked.catch(() => ({ version: 'away' }));
    return [plugin, version] as const;
  });
  return new Map(await Promise.all(versions));
}
