import type { PluginContext } from '@ftctl/sdk';

/** What `setup` may use at once; everything else it may only keep. */
const USABLE_IN_SETUP = new Set(['config', 'host', 'log']);

export interface WatchedContext {
  readonly ctx: PluginContext;
  /** What was used so far, in order, each name once. */
  readonly used: readonly string[];
  /** From here on everything may be used. */
  endSetup(): void;
}

/** Hands on a context and notes what of it is used before `endSetup`. */
export function watchSetup(ctx: PluginContext): WatchedContext {
  const used = new Set<string>();
  let inSetup = true;
  const note = (name: string): void => {
    if (inSetup) used.add(name);
  };
  const watched = Object.fromEntries(
    Object.entries(ctx).map(([name, service]) => [
      name,
      USABLE_IN_SETUP.has(name) ? service : watchService(name, service, note),
    ]),
  );
  return {
    ctx: watched as unknown as PluginContext,
    get used() {
      return [...used];
    },
    endSetup: () => {
      inSetup = false;
    },
  };
}

function watchService(name: string, service: unknown, note: (name: string) => void): unknown {
  if (typeof service === 'function') {
    return (...args: unknown[]) => {
      note(`${name}()`);
      return Reflect.apply(service, undefined, args);
    };
  }
  if (typeof service !== 'object' || service === null) return service;
  return new Proxy(service, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key === 'symbol') return value;
      if (typeof value !== 'function') {
        note(`${name}.${key}`);
        return value;
      }
      return (...args: unknown[]) => {
        note(`${name}.${key}()`);
        return Reflect.apply(value, target, args);
      };
    },
  });
}
