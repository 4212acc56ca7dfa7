/**
 * Entry of every process that runs plugin code. The published packages have an
 * entry file that does nothing but call this; its path is what the host and
 * the installer take as `runner`.
 *
 * @param argv `plugin FILE`, `cli` or `probe`
 */
export async function runnerMain(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const [mode, file] = argv;
  if (mode === 'plugin' && file !== undefined) {
    const { runPlugin } = await import('./run-plugin.ts');
    await runPlugin(file);
  } else if (mode === 'cli') {
    const { runCli } = await import('./run-cli.ts');
    runCli();
  } else if (mode === 'probe') {
    const { runProbe } = await import('./run-probe.ts');
    runProbe();
  } else {
    process.stderr.write('This file is started by ftctl itself: plugin FILE | cli | probe\n');
    process.exitCode = 2;
  }
}
