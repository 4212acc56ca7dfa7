import { hostMain, startHostDetached } from '@ftctl/host/daemon';
import type { Call, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { Progress } from '../output/progress.ts';
import { binPath, dashboardPath, runnerPath } from '../own-files.ts';
import { version } from '../version.ts';
import { showStatus } from './status.ts';

/** `ftctl up [--detach]`. */
export async function run(
  context: Context,
  { options }: Call<{ readonly detach?: boolean }>,
): Promise<number> {
  return options.detach ? detached(context) : foreground(context);
}

async function foreground({ out, paths }: Context): Promise<number> {
  const { home } = paths;
  let said: Promise<void> | undefined;
  await hostMain({
    home,
    runner: runnerPath(),
    dashboard: dashboardPath(),
    version,
    onReady: () => {
      const data = { home, pid: process.pid, version };
      said = out.result(data, () => `The host of ${home} is up, process ${process.pid}.`);
    },
  });
  await said;
  return EXIT.ok;
}

async function detached({ out, paths, io }: Context): Promise<number> {
  const progress = new Progress(io);
  progress.step('starting the host and its plugins');
  try {
    const status = await startHostDetached({
      home: paths.home,
      command: [process.execPath, binPath(), 'up', '--home', paths.home],
    });
    progress.done();
    await out.result(status, () => showStatus(status, out));
    const bad = status.plugins.some(({ state }) => state === 'failed' || state === 'quarantined');
    return bad ? EXIT.problems : EXIT.ok;
  } finally {
    progress.done();
  }
}
