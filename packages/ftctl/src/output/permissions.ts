import type { Permissions } from '@ftctl/sdk';

/** What a plugin may do, a line each, for people. */
export function permissionLines(permissions: Permissions): string[] {
  const { paths = [], childProcesses = [], environment = [], network = [] } = permissions;
  const lines = [
    ...paths.map(
      ({ path, access }) => `${access === 'read' ? 'reads' : 'reads and writes'} ${path}`,
    ),
    ...childProcesses.map((program) => `starts ${program}`),
    ...environment.map((name) => `sees the environment variable ${name}`),
    ...network.map((text) => `network: ${text}`),
  ];
  return lines.length === 0 ? ['nothing outside its own store and files'] : lines;
}
