import { readFile } from 'node:fs/promises';
import { it } from 'vitest';
import { FIGURE_3, figure3, TwsLab } from './tws-lab.ts';
it('lives', async () => {
  const t = performance.now();
  const lab = await TwsLab.start({ topology: await figure3(), plan: await readFile(FIGURE_3.replace('network', 'plan'), 'utf8') });
  console.log('up', performance.now() - t);
  try {
    const say = async (host: string, ...args: string[]) => { const r = await lab.lab.exec(host, ['tws', ...args]); console.log(host, args.join(' '), r.code, '\n' + r.stdout + r.stderr); };
    await new Promise((r) => setTimeout(r, 3000));
    await say('master', 'jnextday');
    await new Promise((r) => setTimeout(r, 6000));
    await say('master', 'sc', '@!@');
    await say('fs1a', 'sc', '@!@');
    await say('fta1a', 'sc', '@!@');
    await say('master', 'sj');
    await say('fsa', 'ss');
    await say('fta1a', 'log', 'fta1a#night.extract');
    await say('master', 'evtsize', '--show');
    const r = await lab.lab.exec('master', ['status']); console.log(r.stdout + r.stderr);
    const l = await lab.lab.exec('dm1', ['logs', 'tws-switch']); console.log(l.stdout.slice(-3000) + l.stderr);
  } finally { await lab.down(); }
});
