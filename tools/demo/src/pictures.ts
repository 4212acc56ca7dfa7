/**
 * `npm run pictures`: draws the pictures of the documentation, of a real network
 * in a real browser. Exit code 0 when they are in docs/pictures; 3 where no
 * Chromium is installed.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { chromium, type Page } from 'playwright-core';
import { ask } from './pair-lab.ts';

// Bundled into `dist`.
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const OUT = join(CHECKOUT, 'docs/pictures');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const READY_WITHIN_MS = 60_000;
const DESK = { width: 1200, height: 560 };
const PHONE = { width: 390, height: 760 };
const PLAN_PAGE = '#/plan-mirror/plan';

const TOPOLOGY = `domains:
  MASTERDM: {}
  EUROPE: { parent: MASTERDM }

workstations:
  MASTER: { type: master, domain: MASTERDM, node: master, limit: 20 }
  BACKUP: { domain: MASTERDM, fullstatus: on, node: backup }
  PARIS: { type: manager, domain: EUROPE, node: paris, limit: 20 }
  LYON: { domain: EUROPE, node: lyon, limit: 20 }
`;
const HOSTS = ['master', 'backup', 'paris', 'lyon'];

/** A night: one stream to look at, one with trouble, and others. */
const PLAN = `streams:
  PARIS#PAYROLL:
    jobs:
      COLLECT: { command: sleep 0.5 }
      CHECK: { command: sleep 0.4, follows: COLLECT }
      TAXES: { command: sleep 1.4, follows: CHECK }
      HOURS: { command: sleep 0.8, follows: CHECK }
      SLIPS: { command: sleep 0.6, follows: [TAXES, HOURS] }
      SEND: { command: sleep 0.3, follows: SLIPS }
      ARCHIVE: { command: sleep 0.5, follows: SLIPS }
  LYON#STOCK:
    jobs:
      COUNT: { command: 'echo shelf 12 is empty >&2; exit 3' }
      ORDER: { command: 'true', follows: COUNT }
  MASTER#REPORTS:
    jobs:
      SALES: { command: sleep 0.3 }
      COSTS: { command: sleep 0.4 }
      BOARD: { command: 'true', follows: [SALES, COSTS] }
${Array.from({ length: 40 }, (_, n) => `  ${n % 2 === 0 ? 'PARIS' : 'LYON'}#BRANCH${n + 1}:\n    jobs:\n      LOAD: { command: sleep 0.1 }\n      SUM: { command: 'true', follows: LOAD }`).join('\n')}
`;

/** In the page: the folder in which the network runs is left out of what is shown. */
const WITHOUT_PATHS = `(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    node.data = node.data.replace(/\\S*mirror\\.db/, 'mirror.db');
  }
})()`;

process.exitCode = await main();

async function main(): Promise<number> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    process.stderr.write('pictures: no Chromium is installed\n');
    return 3;
  }
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-pictures-'));
  const lab = await start(folder);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const { address, token } = await ask<{ address: string; token: string }>(lab, 'master', [
      'dashboard',
      '--token',
    ]);
    const context = await browser.newContext({ viewport: DESK, deviceScaleFactor: 1 });
    await context.request.post(`${address}/api/login`, { data: { token } });
    await mkdir(OUT, { recursive: true });
    await draw(await context.newPage(), address);
  } finally {
    await browser.close();
    await lab.down({ remove: true });
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

async function start(folder: string): Promise<Lab> {
  const topology = join(folder, 'network.yaml');
  const plan = join(folder, 'plan.yaml');
  await writeFile(topology, TOPOLOGY);
  await writeFile(plan, PLAN);
  const plugins = { 'tws-switch': { topology, plan }, 'plan-mirror': {} };
  const lab = await startLab({
    definition: {
      plugins: Object.fromEntries(
        Object.keys(plugins).map((id) => [id, join(CHECKOUT, 'plugins', id)]),
      ),
      hosts: Object.fromEntries(HOSTS.map((host) => [host, { plugins }])),
    },
    dir: join(folder, 'lab'),
    ftctl: join(CHECKOUT, 'packages/ftctl/bin/ftctl.js'),
  });
  const cpus = () =>
    ask<{ rows: readonly { state: string }[] }>(lab, 'master', ['tws', 'sc', '@!@']);
  await until('all are linked', async () =>
    (await cpus()).rows.every(({ state }) => /^[FL]/.test(state)),
  );
  await ask(lab, 'master', ['tws', 'jnextday']);
  const jobs = () => ask<{ rows: readonly { state: string }[] }>(lab, 'master', ['tws', 'sj']);
  await until('all has run that can', async () =>
    (await jobs()).rows.every(({ state }) => ['SUCC', 'ABEND', 'HOLD'].includes(state)),
  );
  return lab;
}

async function draw(page: Page, address: string): Promise<void> {
  const shoot = async (name: string) => {
    // The picture is of a page at rest, and of any machine.
    await sleep(500);
    await page.evaluate(WITHOUT_PATHS);
    await page.screenshot({ path: join(OUT, `${name}.png`) });
    process.stderr.write(`pictures: ${name}\n`);
  };
  const shootPlace = async (name: string, place: string, shown: string) => {
    await page.goto(`${address}/${place}`);
    await page.getByText(shown).first().waitFor();
    await shoot(name);
  };
  const stream = `${PLAN_PAGE}/stream/${encodeURIComponent('PARIS#PAYROLL.1')}`;
  await shootPlace('overview', `${PLAN_PAGE}/`, 'Job streams: 43');
  await shootPlace('stream', stream, 'critical path');
  await page.getByRole('link', { name: 'Gantt' }).click();
  await shoot('gantt');
  await shootPlace('network', '#/tws-switch/network', 'The network as MASTER sees it');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await shootPlace('phone', `${PLAN_PAGE}/jobs`, 'found');
}

/** @throws Error with `what` after the time */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(300)) {
    if (await holds().catch(() => false)) return;
  }
  throw new Error(`not in time: ${what}`);
}
