import type { Check } from '../requirement.ts';
import { configChecks } from './config-checks.ts';
import { documentChecks } from './document-checks.ts';
import { manifestChecks } from './manifest-checks.ts';
import { packageChecks } from './package-checks.ts';
import type { PackageSubject } from './subject.ts';

/** Everything that can be told without running the plugin. */
export const staticChecks: readonly Check<PackageSubject>[] = [
  ...packageChecks,
  ...manifestChecks,
  ...configChecks,
  ...documentChecks,
];

export { PackageSubject } from './subject.ts';
