import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type RequestOptions } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { HostStatus } from '@ftctl/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ECHO, type Ended, ftctl, temporaryHome } from './support/real.ts';

/** An address beyond loopback where the machine has one: what TLS is for. */
const BEYOND = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
const ADDRESS = BEYOND ?? '127.0.0.1';
if (BEYOND === undefined) console.warn('no address beyond loopback: TLS is tested on 127.0.0.1');

/** About 26 s: renewed after 17 s. */
const LIFE_DAYS = '0.0003';
const LIFE_MS = 25_920;
/** From `ca revoke` to the cut: both sides ask every second, and look at their files every second. */
const CUT_WITHIN_MS = 6_000;

interface TestHost {
  readonly name: string;
  readonly home: string;
  readonly port: number;
  readonly remove: () => Promise<void>;
}

/** Three real hosts of one site, through its life; the steps follow each other. */
describe(`a site on ${ADDRESS}`, () => {
  const hosts: Record<string, TestHost> = {};
  let caPort = 0;
  let pagePort = 0;
  let token = '';

  const on = (name: string, ...args: string[]): Promise<Ended> =>
    ftctl([...args, '--home', hosts[name]?.home ?? '']);
  const status = async (name: string): Promise<HostStatus> =>
    JSON.parse((await on(name, 'status', '--json')).stdout);
  const ask = async (from: string, to: string): Promise<string> => {
    const { code, stdout, stderr } = await on(from, 'echo', 'ask', to, 'hi');
    return code === 0 ? stdout.trim() : (stderr.split(':')[0] ?? '');
  };
  const logOf = (name: string): Promise<string> =>
    readFile(join(hosts[name]?.home ?? '', 'log', 'echo.log'), 'utf8');

  beforeAll(async () => {
    const ports = await freePorts(5);
    caPort = ports.pop() ?? 0;
    pagePort = ports.pop() ?? 0;
    for (const name of ['a', 'b', 'c']) {
      hosts[name] = { name, port: ports.pop() ?? 0, ...(await temporaryHome()) };
    }
    for (const { name, home, port } of Object.values(hosts)) {
      await on(name, 'init', '--name', name);
      await on(name, 'plugin', 'add', ECHO);
      const others = Object.values(hosts).filter((other) => other.name !== name);
      const config = {
        host: name,
        listen: ADDRESS,
        tls: { revocationIntervalMs: 1_000 },
        directory: Object.fromEntries(
          others.map((other) => [other.name, { echo: `${ADDRESS}:${other.port}` }]),
        ),
        plugins: { echo: { port } },
        ...(name === 'a' ? { dashboard: { listen: `${ADDRESS}:${pagePort}` } } : {}),
      };
      await writeFile(join(home, 'ftctl.yaml'), stringify(config));
    }
  });

  afterAll(async () => {
    for (const { remove } of Object.values(hosts)) await remove();
  });

  it.skipIf(BEYOND === undefined)('does not go beyond loopback without a certificate', async () => {
    const { code, stderr } = await on('b', 'up', '--detach');
    expect(code).toBe(5);
    expect(stderr).toMatch(/FT_HOST_CONFIG: .*listen: must be of this machine.*`ftctl join`/);
  });

  it('begins with the CA on its first host', async () => {
    const listen = `${ADDRESS}:${caPort}`;
    const made = await on(
      'a',
      'ca',
      'init',
      '--name',
      'test',
      '--days',
      LIFE_DAYS,
      '--listen',
      listen,
      '--json',
    );
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ site: 'test', host: 'a', listen });
    expect(made.stdout + made.stderr).not.toMatch(/PRIVATE KEY/);
    expect((await on('a', 'ca', 'init')).stderr).toMatch(/^FT_PKI_CA_EXISTS/);
    expect((await on('a', 'up', '--detach')).code).toBe(0);
    expect((await status('a')).tls).toMatchObject({
      on: true,
      ca: listen,
      certificate: { site: 'test', host: 'a', state: 'valid', daysLeft: 0 },
    });
    expect((await on('b', 'ca', 'list')).stderr).toMatch(/^FT_PKI_NO_CA/);
  });

  it('gives out a token, alone on standard output', async () => {
    const made = await on('a', 'ca', 'token', 'b');
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^ftj1_[A-Za-z0-9_-]+\n$/);
    token = made.stdout.trim();
    expect(made.stderr).not.toContain(token);
    const list = await on('a', 'ca', 'list', '--json');
    expect(JSON.parse(list.stdout).tokens).toMatchObject([{ host: 'b' }]);
    expect(list.stdout).not.toContain(token.slice(20, 60));
  });

  it('refuses the token on another host, and one that is none', async () => {
    const wrong = await on('c', 'join', token);
    expect(wrong.code).toBe(5);
    expect(wrong.stderr).toMatch(/^FT_PKI_TOKEN_HOST: the token is for host b, this is host c/);
    expect((await on('b', 'join', token.slice(0, -9))).stderr).toMatch(/^FT_PKI_TOKEN:/);
  });

  it('lets a host join with it once', async () => {
    const home = hosts.b?.home ?? '';
    const joined = await ftctl(['join', '-', '--home', home], { input: `${token}\n` });
    expect(joined.code).toBe(0);
    expect(joined.stdout).toMatch(/^Host b has joined site test/);
    expect((await on('b', 'up', '--detach')).code).toBe(0);
    const again = await on('b', 'join', token);
    expect(again.code).toBe(5);
    expect(again.stderr).toMatch(/^FT_PKI_TOKEN_USED/);
    const second = await on('a', 'ca', 'token', 'b');
    expect(second.code).toBe(5);
    expect(second.stderr).toMatch(/^FT_PKI_HAS_CERTIFICATE: .*--again/);
  });

  it.skipIf(BEYOND === undefined)(
    'shows its page by TLS alone, and to nobody from elsewhere',
    async () => {
      const read = (file: string) => readFile(join(hosts.b?.home ?? '', 'tls', file));
      const [ca, cert, key] = await Promise.all(['ca.pem', 'host.pem', 'host.pem'].map(read));
      const { token: page } = JSON.parse((await on('a', 'dashboard', '--token', '--json')).stdout);
      const bearer = { authorization: `Bearer ${page}` };
      const at = { host: ADDRESS, port: pagePort, path: '/api/panels', servername: 'a', ca };
      expect(await answered({ ...at, cert, key })).toEqual([
        401,
        expect.stringMatching(/FT_DASHBOARD_LOGIN/),
      ]);
      expect(await answered({ ...at, cert, key, headers: bearer })).toEqual([
        200,
        expect.stringMatching(/"host":"a"/),
      ]);
      await expect(answered({ ...at, headers: bearer })).rejects.toThrow();
      await expect(fetch(`http://${ADDRESS}:${pagePort}/api/panels`)).rejects.toThrow();
    },
  );

  it('lets one join that runs already, and reloads it', async () => {
    const home = hosts.c?.home ?? '';
    const config = join(home, 'ftctl.yaml');
    const whole = await readFile(config, 'utf8');
    await writeFile(config, stringify({ host: 'c', plugins: { echo: {} } }));
    expect((await on('c', 'up', '--detach')).code).toBe(0);
    expect((await status('c')).tls).toEqual({ on: false });
    await writeFile(config, whole);
    const made = await on('a', 'ca', 'token', 'c', '--expires', '30s', '--json');
    const joined = await on('c', 'join', JSON.parse(made.stdout).token, '--json');
    expect(JSON.parse(joined.stdout)).toMatchObject({
      host: 'c',
      changes: { restarted: ['echo'] },
    });
    expect((await status('c')).tls).toMatchObject({ on: true, certificate: { host: 'c' } });
  });

  it('has links between its hosts, and doctor is content', async () => {
    expect(await ask('a', 'b')).toBe('b heard hi');
    expect(await ask('b', 'c')).toBe('c heard hi');
    expect(await ask('c', 'a')).toBe('a heard hi');
    const doctor = await on('b', 'doctor', '--json');
    const { findings } = JSON.parse(doctor.stdout);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'certificate', state: 'ok' }));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'revocations', state: 'ok' }));
  });

  it('does not use a key that others can read, and says what to do', async () => {
    const { chmod } = await import('node:fs/promises');
    const key = join(hosts.c?.home ?? '', 'tls', 'host.pem');
    await chmod(key, 0o644);
    const doctor = await on('c', 'doctor');
    expect(doctor.code).toBe(6);
    expect(doctor.stdout).toMatch(/can be read by others \(mode 644\).*chmod 600/);
    await chmod(key, 0o600);
  });

  it('renews every certificate before it ends, and drops no link for it', async () => {
    const serialOf = async (name: string) => (await status(name)).tls.certificate?.serial;
    const before = { a: await serialOf('a'), b: await serialOf('b') };
    const firstEnd = Date.parse((await status('b')).tls.certificate?.expiresAt ?? '');
    await expect
      .poll(async () => (await serialOf('a')) !== before.a && (await serialOf('b')) !== before.b, {
        timeout: LIFE_MS,
        interval: 500,
      })
      .toBe(true);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, firstEnd + 1_500 - Date.now())));
    expect(await ask('a', 'b')).toBe('b heard hi');
    expect(await logOf('b')).not.toMatch(/connection of a\/echo ended/);
    // A new connection, with the new certificates: the first ones have ended.
    await on('a', 'restart', 'echo');
    await expect.poll(() => ask('a', 'b'), { timeout: 10_000 }).toBe('b heard hi');
    const { hosts: listed } = JSON.parse((await on('a', 'ca', 'list', '--json')).stdout);
    expect(listed.map(({ state }: { state: string }) => state)).toEqual([
      'valid',
      'valid',
      'valid',
    ]);
  });

  it('cuts off a host that is revoked, in time', async () => {
    expect(await ask('c', 'b')).toBe('b heard hi');
    const from = performance.now();
    const revoked = await on('a', 'ca', 'revoke', 'b', '--json');
    expect(JSON.parse(revoked.stdout)).toMatchObject({ host: 'b', served: true });
    await expect
      .poll(() => logOf('a'), { timeout: CUT_WITHIN_MS, interval: 50 })
      .toMatch(/certificate of b is revoked/);
    await expect
      .poll(() => logOf('c'), { timeout: CUT_WITHIN_MS, interval: 50 })
      .toMatch(/certificate of b is revoked/);
    expect(performance.now() - from).toBeLessThan(CUT_WITHIN_MS);
    expect(await ask('b', 'c')).toBe('FT_LINK_DOWN');
    expect(await ask('c', 'b')).toBe('FT_LINK_DOWN');
    expect(await ask('c', 'a')).toBe('a heard hi');
    expect((await status('b')).tls.problem).toMatch(/FT_PKI_TOKEN_UNKNOWN/);
  });

  it('goes on without its CA, and says so', async () => {
    await on('a', 'down');
    await expect
      .poll(async () => (await status('c')).tls.problem, { timeout: 5_000 })
      .toMatch(/FT_PKI_UNREACHABLE/);
    await expect
      .poll(async () => (await on('c', 'logs')).stdout, { timeout: 10_000 })
      .toMatch(/the CA is not reached/);
    expect((await status('c')).plugins).toMatchObject([{ id: 'echo', state: 'ok' }]);
  });

  it('has left no secret in any log', async () => {
    for (const { home } of Object.values(hosts)) {
      for (const name of await readdir(join(home, 'log'))) {
        const text = await readFile(join(home, 'log', name), 'utf8');
        expect(text).not.toMatch(/PRIVATE KEY|ftj1_/);
      }
    }
    await rm(join(hosts.a?.home ?? '', 'ca'), { recursive: true });
  });
});

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Status and body. @throws Error of the connection */
function answered(options: RequestOptions): Promise<readonly [number | undefined, string]> {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve([response.statusCode, body]));
    }).on('error', reject);
  });
}
