import type { LabHostStatus, LabStatus } from '@ftctl/lab';
import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';
import { stateColour } from '../output/colour.ts';
import type { Output } from '../output/output.ts';

/** `ftctl lab status`. */
export async function run({ out, io }: Context, { options }: Call<DirOption>): Promise<undefined> {
  const status = await (await labOf(io, options)).status();
  await out.result(status, () => showLab(status, out));
}

/** A lab for people. */
export async function showLab(status: LabStatus, out: Output): Promise<string> {
  const hosts = Object.values(status.hosts);
  const rows = hosts.flatMap((host) => hostRows(host));
  const states = rows.map((row) => row[2] ?? '');
  const table = await out.table(
    { columns: ['HOST', 'PROCESS', 'STATE', 'PID', 'PORT', 'REASON'], rows },
    {
      paint: (line, column, row) =>
        column === 2 ? out.paint(stateColour(states[row] ?? ''), line) : line,
    },
  );
  return `${table}\n\n${relayLines(status)}`;
}

function hostRows(host: LabHostStatus): string[][] {
  const pid = (role: string) =>
    host.processes.find((process) => process.role === role)?.pid.toString() ?? '';
  const head = [host.host, 'host', host.state, pid('host'), '', host.problem ?? ''];
  const plugins = host.status?.plugins ?? [];
  if (plugins.length > 0) {
    const own = plugins.map(({ id, state, pid: at, port, reason }) => [
      '',
      id,
      state,
      String(at ?? ''),
      String(port ?? ''),
      reason ?? '',
    ]);
    return [head, ...own];
  }
  // The host does not say, so show what is seen from outside.
  const seen = host.processes.filter(({ role }) => role !== 'host' && role !== 'child');
  return [
    head,
    ...seen.map(({ role, pid: at, stopped }) => [
      '',
      role,
      stopped ? 'paused' : '',
      String(at),
      '',
      '',
    ]),
  ];
}

function relayLines({ relay }: LabStatus): string {
  if (!relay) return 'No relay: hosts talk directly.';
  if (!relay.running) return 'The relay does not run: `ftctl lab down`, then start again.';
  const cuts = relay.cuts.map(
    ({ from, to, way }) => `  ${from} -> ${to}: ${way === 'held' ? 'silent' : 'refused'}`,
  );
  const head = `Relay: process ${relay.pid}, ${relay.connections} connections`;
  return cuts.length === 0 ? `${head}, no cuts.` : [`${head}. Cuts:`, ...cuts].join('\n');
}
