import type { CapabilityNeed, Manifest } from '@ftctl/sdk';
import { CORE_VERBS } from './core-verbs.ts';
import { installErrors } from './errors.ts';
import type { InstalledPlugin } from './installed.ts';

/**
 * Whether a plugin gets along with those that a host has already: its id, its
 * commands, the capabilities that it needs.
 *
 * @throws FtError FT_INSTALL_ID_TAKEN, FT_INSTALL_NAMESPACE_TAKEN, FT_INSTALL_CAPABILITY
 */
export function checkFitsHost(
  plugin: { readonly package: string; readonly manifest: Manifest },
  installed: readonly InstalledPlugin[],
): void {
  const { id } = plugin.manifest;
  const same = installed.find((other) => other.id === id);
  if (same && same.package !== plugin.package) {
    throw installErrors.ID_TAKEN({ id, package: same.package });
  }
  const others = installed.filter((other) => other.id !== id);
  checkNamespace(plugin, others);
  checkCapabilities(plugin.manifest, others);
}

/**
 * Whether a plugin can go without leaving another one short of what it needs.
 *
 * @throws FtError FT_INSTALL_NEEDED
 */
export function checkNotNeeded(id: string, installed: readonly InstalledPlugin[]): void {
  const others = installed.filter((other) => other.id !== id);
  for (const user of others) {
    for (const need of requiredBy(user.manifest)) {
      if (isProvided(need, others) || !isProvided(need, installed)) continue;
      throw installErrors.NEEDED({ id, capability: need.capability, user: user.id });
    }
  }
}

function checkNamespace(
  plugin: { readonly package: string; readonly manifest: Manifest },
  others: readonly InstalledPlugin[],
): void {
  const namespace = plugin.manifest.commands?.namespace;
  if (namespace === undefined) return;
  const taken = (owner: string) =>
    installErrors.NAMESPACE_TAKEN({ package: plugin.package, namespace, owner });
  if (CORE_VERBS.includes(namespace)) throw taken('ftctl itself');
  const owner = others.find((other) => other.manifest?.commands?.namespace === namespace);
  if (owner) throw taken(`the plugin ${owner.id}`);
}

function checkCapabilities(manifest: Manifest, others: readonly InstalledPlugin[]): void {
  for (const need of requiredBy(manifest)) {
    if (isProvided(need, others)) continue;
    const features = need.features?.length ? ` with ${need.features.join(', ')}` : '';
    throw installErrors.CAPABILITY({ id: manifest.id, capability: need.capability, features });
  }
}

function requiredBy(manifest: Manifest | undefined): readonly CapabilityNeed[] {
  return manifest?.requires?.filter((need) => !need.optional) ?? [];
}

function isProvided(need: CapabilityNeed, installed: readonly InstalledPlugin[]): boolean {
  return installed.some((plugin) =>
    plugin.manifest?.provides?.some(
      (offer) =>
        offer.capability === need.capability &&
        (need.features ?? []).every((feature) => offer.features?.includes(feature)),
    ),
  );
}
