/** A page of a plugin, as the server names it. */
export interface Shown {
  readonly plugin: string;
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly entry: string;
}

/** Which panel an address means, and which place in it; without an address the first one. */
export function shownIn(
  panels: readonly Shown[],
  hash: string,
): { readonly panel: Shown; readonly route: string } | undefined {
  const [plugin, id, ...rest] = hash.replace(/^#\/?/, '').split('/');
  const panel = panels.find((one) => one.plugin === plugin && one.id === id);
  if (panel !== undefined) return { panel, route: rest.join('/') };
  const [first] = panels;
  return first === undefined ? undefined : { panel: first, route: '' };
}
