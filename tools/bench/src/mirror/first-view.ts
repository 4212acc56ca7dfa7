import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { MirrorLab } from './mirror-lab.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ROUNDS = 5;

export interface FirstView {
  /** Milliseconds from the address to the plan on the screen, each with an empty cache. */
  readonly ms: readonly number[];
  /** Kilobytes that came over the wire for it. */
  readonly kB: number;
}

/** What a browser has to load before it shows the plan. @throws Error where no browser is installed */
export async function measureFirstView(lab: MirrorLab): Promise<FirstView> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('no chromium is installed');
  const { address, token } = await lab.dashboard();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const ms: number[] = [];
    let bytes = 0;
    while (ms.length < ROUNDS) {
      // Each has its own cache and its own cookies.
      const context = await browser.newContext();
      await context.request.post(`${address}/api/login`, { data: { token } });
      const page = await context.newPage();
      const beganMs = performance.now();
      await page.goto(`${address}/#/plan-mirror/plan/`);
      await page.getByText(/^Job streams: /).waitFor();
      ms.push(performance.now() - beganMs);
      bytes = await page.evaluate<number>(TRANSFERRED);
      await context.close();
    }
    return { ms, kB: bytes / 1_000 };
  } finally {
    await browser.close();
  }
}

const TRANSFERRED = `['navigation', 'resource']
  .flatMap((kind) => performance.getEntriesByType(kind))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)`;
