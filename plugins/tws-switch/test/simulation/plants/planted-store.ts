import type { PluginContext, Store, Transaction } from '@ftctl/sdk';

/** A context whose store commits in another way. */
export function withCommit(
  ctx: PluginContext<unknown>,
  commit: (store: Store, apply: (tx: Transaction) => unknown) => Promise<unknown>,
): PluginContext<unknown> {
  const store = replaced(ctx.store, {
    commit: (apply: (tx: Transaction) => unknown) => commit(ctx.store, apply),
  });
  return replaced(ctx, { store });
}

/** The same object but for some of its members. */
export function replaced<T extends object>(of: T, members: Readonly<Record<string, unknown>>): T {
  return new Proxy(of, {
    get(target, name) {
      if (typeof name === 'string' && name in members) return members[name];
      const value: unknown = Reflect.get(target, name);
      // Methods that use private members must be called on the object that has them.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
