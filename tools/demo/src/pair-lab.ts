import type { Lab } from '@ftctl/lab';

const PLUGIN = 'omnibus-probe-peer';

/** A probe pair and an ObjectServer, as a lab's definition. */
export function pairDefinition(pluginFolder: string) {
  const probe = (Mode: 'master' | 'slave', PeerHost: string) => ({
    plugins: {
      [PLUGIN]: {
        role: 'probe',
        Mode,
        PeerHost,
        Server: 'objectserver',
        syslog: { address: '127.0.0.1', udpPort: 0, tcpPort: 0 },
      },
    },
  });
  return {
    plugins: { [PLUGIN]: pluginFolder },
    hosts: {
      objectserver: { plugins: { [PLUGIN]: { role: 'objectserver' } } },
      'probe-a': probe('master', 'probe-b'),
      'probe-b': probe('slave', 'probe-a'),
    },
  };
}

/** What `ftctl probe status --json` prints, as far as it is used here. */
export interface ProbeStatus {
  readonly active: boolean;
  readonly activeSince: string | null;
  readonly takeovers: number;
  readonly udpPort: number;
  readonly cached: number;
  readonly outbox: number;
  readonly serverUp: boolean;
  readonly events: number;
}

/** Runs an `ftctl` command on a host and reads its JSON. @throws Error with what it printed */
export async function ask<T>(lab: Lab, host: string, args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await lab.exec(host, [...args, '--json']);
  if (code !== 0)
    throw new Error(`ftctl ${args.join(' ')} on ${host} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** @throws FtError when the probe does not run */
export function probeStatus(lab: Lab, host: string): Promise<ProbeStatus> {
  return lab.host(host).command<ProbeStatus>(PLUGIN, { command: 'status' });
}
