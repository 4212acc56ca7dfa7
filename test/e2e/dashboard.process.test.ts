import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The page of a host in a real browser, over a scheduler and its mirror. */

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const TOPOLOGY = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m, limit: 20 }
`;
/** One stream with a diamond, one that fails, and many more. */
const PLAN = `streams:
  M#DIAMOND:
    jobs:
      A: { command: sleep 0.1 }
      B: { command: sleep 0.2, follows: A }
      C: { command: sleep 1.2, follows: A }
      D: { command: 'echo the end of "D"', follows: [B, C] }
  M#BAD:
    jobs:
      FAILS: { command: exit 3 }
      WAITS: { command: 'true', follows: FAILS }
${Array.from({ length: 130 }, (_, n) => `  M#S${n}:\n    jobs:\n      J: { command: 'true' }`).join('\n')}
`;

const SYSLOG = { address: '127.0.0.1', udpPort: 0, tcpPort: 0 };

const folderOf = (file: string) => dirname(createRequire(import.meta.url).resolve(file));

describe.skipIf(BROWSER === undefined)('the page in a browser', () => {
  let folder: string;
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let address: string;
  const problems: string[] = [];

  const ask = async <T>(host: string, ...args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await lab.exec(host, [...args, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const until = async (holds: () => Promise<boolean>) => {
    for (const end = performance.now() + 30_000; performance.now() < end; await sleep(200)) {
      if (await holds().catch(() => false)) return;
    }
    throw new Error('not in time');
  };
  /** What is answered to a browser that was led here by another name. */
  const statusAs = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(address, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  const go = (place: string) => page.goto(`${address}/#/plan-mirror/plan/${place}`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ftctl-page-'));
    const topology = join(folder, 'network.yaml');
    const plan = join(folder, 'plan.yaml');
    await writeFile(topology, TOPOLOGY);
    await writeFile(plan, PLAN);
    lab = await startLab({
      definition: {
        plugins: {
          'tws-switch': folderOf('@ftctl/plugin-tws-switch/ftctl.plugin.json'),
          'plan-mirror': folderOf('@ftctl/plugin-plan-mirror/ftctl.plugin.json'),
          'omnibus-probe-peer': folderOf('@ftctl/plugin-omnibus-probe-peer/ftctl.plugin.json'),
        },
        hosts: {
          m: {
            plugins: {
              'tws-switch': { topology, plan },
              'plan-mirror': {},
              'omnibus-probe-peer': { role: 'objectserver' },
            },
          },
          p: { plugins: { 'omnibus-probe-peer': { role: 'probe', Server: 'm', syslog: SYSLOG } } },
        },
      },
      dir: join(folder, 'lab'),
      ftctl: join(folderOf('ftctl/package.json'), 'bin', 'ftctl.js'),
    });
    await until(async () => (await ask<{ acting: boolean }>('m', 'tws', 'sc', '@!@')).acting);
    ({ address } = await ask<{ address: string }>('m', 'dashboard'));
    browser = await chromium.launch({
      ...(BROWSER === undefined ? {} : { executablePath: BROWSER }),
      args: ['--no-sandbox'],
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // The first question is asked before anybody has logged in.
      if (message.type() === 'error' && !/401/.test(message.text())) problems.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    const crashes = await lab?.crashes();
    await lab?.down({ remove: true });
    await rm(folder, { recursive: true, force: true });
    expect(crashes ?? []).toEqual([]);
  });

  it('lets nobody in without the token, and says what is wrong', async () => {
    for (const path of ['panels', 'plan-mirror/plan', 'openapi.json', 'events']) {
      expect((await fetch(`${address}/api/${path}`)).status).toBe(401);
    }
    expect(await statusAs('evil.example')).toBe(421);
    expect(await statusAs('localhost')).toBe(200);
    await page.goto(address);
    await page.getByLabel(/Token of this host/).fill('no');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This is not the token').waitFor();
  });

  it('shows why there is no plan, and the plan as soon as there is one, by itself', async () => {
    const { token } = await ask<{ token: string }>('m', 'dashboard', '--token');
    await page.getByLabel(/Token of this host/).fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByText(/There is no plan to show here/).waitFor();
    await ask('m', 'tws', 'jnextday');
    await page.getByText('Job streams: 132').waitFor();
    await page.getByText('from the mirror').waitFor();
    await page.getByRole('link', { name: /SUCC/ }).first().waitFor();
  });

  it('has jobs in pages, filtered and sorted by the server, also by keyboard alone', async () => {
    await go('jobs');
    await page.getByText('136 found').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(100);
    await page.getByRole('button', { name: 'Next page' }).click();
    await until(async () => (await page.locator('tbody tr').count()) === 36);
    await page.getByLabel('Search in names').focus();
    await page.keyboard.type('diamond');
    await page.getByText('4 found').waitFor();
    await page.getByRole('button', { name: 'End' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'End ▴' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'End ▾' }).waitFor();
    const first = page.locator('tbody tr').first();
    await until(async () => (await first.textContent())?.includes('.D') === true);
    await page.getByLabel('Search in names').fill('');
    await page.getByLabel('State').selectOption('ABEND');
    await page.getByText('1 found').waitFor();
  });

  it('draws a stream: what follows what, when, and the critical path', async () => {
    await until(async () => {
      const { state } = await ask<{ state: string }>('m', 'tws', 'ss', 'M#DIAMOND').catch(() => ({
        state: 'SUCC',
      }));
      return state !== 'EXEC';
    });
    await go(`streams?text=DIAMOND`);
    await page.getByRole('link', { name: /M#DIAMOND/ }).click();
    await page.getByText('critical path: 3 of 4 jobs').waitFor();
    await until(async () => (await page.locator('svg .edge.critical').count()) === 2);
    expect(await page.locator('svg .box').count()).toBe(4);
    await page.getByRole('link', { name: 'Gantt' }).click();
    await until(async () => (await page.locator('svg .bar').count()) === 4);
    await page.getByRole('link', { name: 'List' }).click();
    await until(async () => (await page.locator('tbody tr').count()) === 4);
  });

  it('tells of a job what it waits for and what it went through', async () => {
    await go('jobs?text=WAITS');
    await page.getByRole('link', { name: /WAITS/ }).click();
    await page.getByRole('link', { name: /FAILS/ }).click();
    await page.getByText('exit code').waitFor();
    const history = page.getByRole('table', { name: 'States that it went through' });
    await history.getByText('ABEND').waitFor();
  });

  it('has workstations, and is usable on a phone, light and dark', async () => {
    await go('workstations');
    await page.getByRole('link', { name: 'M', exact: true }).waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    await go('jobs');
    await page.getByText('136 found').waitFor();
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(360);
    const ground = () =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).not.toBe(light);
  });

  it('has the panels of the other plugins: the network, the probe, the alert table', async () => {
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.goto(`${address}/#/tws-switch/network`);
    await page.getByRole('heading', { name: 'The network as M sees it' }).waitFor();
    await until(async () => (await page.locator('svg .box').count()) === 1);
    await page.getByRole('link', { name: 'Probes' }).click();
    await page.getByRole('heading', { name: '0 alerts' }).waitFor();
    const probe = await ask<{ udpPort: number }>('p', 'probe', 'status');
    const socket = createSocket('udp4');
    socket.send('<11>Oct 11 22:14:15 db1 disk: the disk is full', probe.udpPort, '127.0.0.1', () =>
      socket.close(),
    );
    await page.getByText('the disk is full').waitFor();
    const other = await ask<{ address: string; token: string }>('p', 'dashboard', '--token');
    const status = await fetch(`${other.address}/api/omnibus-probe-peer/status`, {
      headers: { authorization: `Bearer ${other.token}` },
    });
    expect(await status.json()).toMatchObject({ role: 'probe', forwarded: 1 });
  });

  it('describes its interface, answers 304 for what it was, and refuses what makes no sense', async () => {
    const { token } = await ask<{ token: string }>('m', 'dashboard', '--token');
    const read = (path: string, headers = {}) =>
      fetch(`${address}/api/${path}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    const described = (await (await read('openapi.json')).json()) as {
      paths: Readonly<Record<string, unknown>>;
    };
    expect(Object.keys(described.paths)).toContain('/api/plan-mirror/jobs/{id}');
    const first = await read('plan-mirror/streams?limit=3');
    const etag = first.headers.get('etag') ?? '';
    expect((await read('plan-mirror/streams?limit=3', { 'if-none-match': etag })).status).toBe(304);
    expect((await read('plan-mirror/streams?limit=0')).status).toBe(400);
    expect((await read('plan-mirror/jobs?after=no')).status).toBe(400);
    expect((await read('plan-mirror/jobs/no')).status).toBe(404);
    expect((await read('../../ftctl.yaml')).status).toBe(404);
    expect((await fetch(`${address}/panels/plan-mirror/..%2fplugin.js`)).status).toBe(404);
  });

  it('said nothing of errors in all that', () => {
    expect(problems).toEqual([]);
  });
});

describe.runIf(BROWSER === undefined)('the page in a browser', () => {
  it.skip('no chromium here: install it to test the page', () => undefined);
});
