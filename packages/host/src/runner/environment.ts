import type { Manifest } from '@ftctl/sdk';

/** What every plugin process sees of the environment: enough to find programs, time and language. */
const BASE = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
];

/** The base and what the manifest asks for under `permissions.environment`; secrets of others stay out. */
export function pluginEnvironment(
  manifest: Pick<Manifest, 'permissions'>,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const names = new Set([...BASE, ...(manifest.permissions?.environment ?? [])]);
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => names.has(name) || name.startsWith('LC_')),
  );
}
