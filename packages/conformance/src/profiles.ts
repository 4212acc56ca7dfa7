/**
 * What a manifest's `conformance` may claim, by profile. `plugin` is every
 * plugin's: package, config, life cycle. Its features add requirements.
 */
export const PROFILES: Readonly<Record<string, readonly string[]>> = {
  plugin: [],
};

/** What a manifest without `conformance` claims. */
export const DEFAULT_PROFILE = 'plugin';
