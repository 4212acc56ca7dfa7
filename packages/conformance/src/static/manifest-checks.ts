import { CORE_VERBS, checkApi } from '@ftctl/host';
import { API_VERSION } from '@ftctl/sdk';
import semver from 'semver';
import { PROFILES } from '../profiles.ts';
import type { Check } from '../requirement.ts';
import type { PackageSubject } from './subject.ts';

const READ = ['FTC-PKG-JSON', 'FTC-MAN-VALID'];

/** What the manifest says, beyond its schema. */
export const manifestChecks: readonly Check<PackageSubject>[] = [
  {
    id: 'FTC-MAN-API',
    level: 'MUST',
    text: `\`api\` accepts the contract that this kit tests (${API_VERSION}).`,
    needs: READ,
    test: ({ manifest }) => checkApi(manifest),
  },
  {
    id: 'FTC-MAN-CLAIMS',
    level: 'MUST',
    text: '`conformance` claims only a profile and features that this kit can test.',
    needs: READ,
    notClaimed: ({ manifest }) => (manifest.conformance ? undefined : 'it claims nothing'),
    test: ({ manifest }) => {
      const { profile = '', features = [] } = manifest.conformance ?? {};
      const known = PROFILES[profile];
      if (!known) {
        throw new Error(`${profile} is none of the profiles ${Object.keys(PROFILES).join(', ')}`);
      }
      const unknown = features.find((feature) => !known.includes(feature));
      if (unknown) throw new Error(`profile ${profile} has no feature ${unknown}`);
    },
  },
  {
    id: 'FTC-MAN-NAMESPACE',
    level: 'MUST',
    text: 'Its commands have a namespace that ftctl itself does not use.',
    needs: READ,
    notClaimed: ({ manifest }) => (manifest.commands ? undefined : 'it has no commands'),
    test: ({ manifest }) => {
      const namespace = manifest.commands?.namespace ?? '';
      if (CORE_VERBS.includes(namespace)) throw new Error(`\`ftctl ${namespace}\` is taken`);
    },
  },
  {
    id: 'FTC-MAN-STATE',
    level: 'MUST',
    text: '`state.readableBy` is a version up to its own, so that it can read what it writes.',
    needs: READ,
    notClaimed: ({ manifest }) => (manifest.state ? undefined : 'it declares no stored state'),
    test: ({ plugin }) => {
      const oldest = semver.minVersion(plugin.manifest.state?.readableBy ?? '*');
      const { version } = plugin.packageJson;
      if (oldest === null || semver.gt(oldest, version)) {
        throw new Error(`${oldest} is newer than the package, ${version}`);
      }
    },
  },
];
