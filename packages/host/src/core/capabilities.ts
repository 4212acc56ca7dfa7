import type { Capability, Manifest } from '@ftctl/sdk';

export interface CapabilityProblem {
  readonly plugin: string;
  /** `name@version`, with the features that are missing. */
  readonly capability: string;
  /** The two that provide it, when it is provided twice. */
  readonly providers?: readonly [string, string];
}

export interface ResolvedCapabilities {
  /** By plugin id: what it is handed. */
  readonly byPlugin: Readonly<Record<string, readonly Capability[]>>;
  readonly problems: readonly CapabilityProblem[];
}

type Declares = Pick<Manifest, 'id' | 'provides' | 'requires'>;

/**
 * Brings together what the plugins of one host provide and require. A
 * capability has one provider on a host; a need for features fits an offer
 * that has all of them.
 */
export function resolveCapabilities(manifests: readonly Declares[]): ResolvedCapabilities {
  const offers = new Map<string, Capability>();
  const problems: CapabilityProblem[] = [];
  for (const manifest of manifests) {
    for (const offer of manifest.provides ?? []) {
      const first = offers.get(offer.capability);
      if (first) {
        const providers = [first.provider, manifest.id] as const;
        problems.push({ plugin: manifest.id, capability: offer.capability, providers });
      } else {
        offers.set(offer.capability, toCapability(offer.capability, offer.features, manifest.id));
      }
    }
  }
  const byPlugin: Record<string, readonly Capability[]> = {};
  for (const manifest of manifests) {
    const found: Capability[] = [];
    for (const need of manifest.requires ?? []) {
      const offer = offers.get(need.capability);
      const missing = (need.features ?? []).filter((name) => !offer?.features.includes(name));
      if (offer && missing.length === 0) found.push(offer);
      else if (!need.optional) {
        const features = offer ? ` with ${missing.join(', ')}` : '';
        problems.push({ plugin: manifest.id, capability: `${need.capability}${features}` });
      }
    }
    byPlugin[manifest.id] = found;
  }
  return { byPlugin, problems };
}

function toCapability(
  text: string,
  features: readonly string[] | undefined,
  provider: string,
): Capability {
  const at = text.lastIndexOf('@');
  return {
    name: text.slice(0, at),
    version: Number(text.slice(at + 1)),
    features: features ?? [],
    provider,
  };
}
