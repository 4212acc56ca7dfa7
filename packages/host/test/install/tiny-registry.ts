import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TinyRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface Published {
  readonly name: string;
  readonly version: string;
  /** Path of the tarball. */
  readonly tarball: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** What the registry claims instead of the truth. */
  readonly integrity?: string;
}

/** An npm registry on loopback with just these packages, one version each. */
export async function startRegistry(published: readonly Published[]): Promise<TinyRegistry> {
  const asked: string[] = [];
  const answers = new Map<string, { type: string; body: Buffer }>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    asked.push(path);
    const answer = answers.get(path);
    response.writeHead(answer ? 200 : 404, { 'content-type': answer?.type ?? 'application/json' });
    response.end(answer?.body ?? '{"error":"not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const one of published) {
    const bytes = await readFile(one.tarball);
    const file = `/${one.name}/-/${one.name.replace('/', '-')}-${one.version}.tgz`;
    answers.set(file, { type: 'application/octet-stream', body: bytes });
    answers.set(`/${one.name}`, {
      type: 'application/json',
      body: Buffer.from(JSON.stringify(packument(one, bytes, url + file))),
    });
  }
  return {
    url,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function packument(
  { name, version, dependencies, integrity }: Published,
  bytes: Buffer,
  url: string,
) {
  const digest = (algorithm: string) => createHash(algorithm).update(bytes);
  const dist = {
    tarball: url,
    shasum: digest('sha1').digest('hex'),
    integrity: integrity ?? `sha512-${digest('sha512').digest('base64')}`,
  };
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, dependencies, dist } },
  };
}
