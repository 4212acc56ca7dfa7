import type { Context } from '../context.ts';
import { checkCertificate } from '../doctor/certificate.ts';
import type { Finding } from '../doctor/check.ts';
import { checkConfig, checkPlugins } from '../doctor/installation.ts';
import { checkRunning } from '../doctor/running.ts';
import { checkDisk, checkHome, checkNode, checkSockets } from '../doctor/surroundings.ts';
import { EXIT } from '../exit-codes.ts';
import type { Colour } from '../output/colour.ts';

const COLOURS: Readonly<Record<Finding['state'], Colour>> = {
  ok: 'green',
  note: 'yellow',
  problem: 'red',
};

/** `ftctl doctor`. */
export async function run({ out, paths }: Context): Promise<number> {
  const findings: Finding[] = [checkNode(), await checkHome(paths)];
  // Without a home nothing else can be looked at.
  if (findings.every(({ state }) => state !== 'problem')) {
    findings.push(
      await checkDisk(paths),
      ...(await checkConfig(paths)),
      await checkSockets(paths),
      ...(await checkCertificate(paths)),
      ...(await checkPlugins(paths)),
      ...(await checkRunning(paths)),
    );
  }
  const problems = findings.filter(({ state }) => state === 'problem').length;
  await out.result({ home: paths.home, problems, findings }, async () => {
    const table = await out.table(
      {
        columns: ['CHECK', 'STATE', 'FOUND', 'WHAT TO DO'],
        rows: findings.map(({ check, state, text, action = '' }) => [check, state, text, action]),
      },
      {
        paint: (line, column, row) =>
          column === 1 ? out.paint(COLOURS[findings[row]?.state ?? 'ok'], line) : line,
      },
    );
    const last = problems === 0 ? 'No problems.' : `${problems} to be corrected.`;
    return `${table}\n\n${last}`;
  });
  return problems === 0 ? EXIT.ok : EXIT.problems;
}
