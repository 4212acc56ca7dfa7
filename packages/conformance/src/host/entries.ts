import { fileURLToPath } from 'node:url';

/** Files of the built kit that run as processes of their own. They lie beside the built command line. */
export interface KitEntries {
  readonly runner: string;
  readonly host: string;
  readonly exercise: string;
}

/** The entries beside the module with that URL. */
export function entriesBeside(url: string): KitEntries {
  const path = (name: string) => fileURLToPath(new URL(`./${name}.js`, url));
  return { runner: path('runner'), host: path('host'), exercise: path('exercise') };
}
