import type { Changes } from '@ftctl/host';

/** What a change of the configuration has done, for people. */
export function showChanges(changes: Changes): string {
  const lines = [
    ['Started', changes.started],
    ['Restarted', changes.restarted],
    ['Stopped', changes.stopped],
  ] as const;
  const shown = lines
    .filter(([, plugins]) => plugins.length > 0)
    .map(([what, plugins]) => `${what}: ${plugins.join(', ')}.`);
  return shown.length === 0 ? 'Nothing had changed.' : shown.join('\n');
}
