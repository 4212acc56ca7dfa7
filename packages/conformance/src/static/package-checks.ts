import {
  checkDependencySpecs,
  checkFiles,
  checkModuleType,
  checkName,
  checkNodeVersion,
  checkNoInstallScripts,
  MANIFEST_FILE,
} from '@ftctl/host';
import type { Check } from '../requirement.ts';
import type { PackageSubject } from './subject.ts';

/** Unpacked packages larger than this are worth a second look. */
const LARGE_PACKAGE_BYTES = 10 * 1024 * 1024;

const KEYWORD = 'ftctl-plugin';
const READ = ['FTC-PKG-JSON', 'FTC-MAN-VALID'];

/** What the package's own files must be like. */
export const packageChecks: readonly Check<PackageSubject>[] = [
  {
    id: 'FTC-PKG-TARBALL',
    level: 'MUST',
    text: 'The tarball holds only files and folders under package/, within the size limits.',
    test: (subject) => subject.unpack(),
  },
  {
    id: 'FTC-PKG-JSON',
    level: 'MUST',
    text: 'package.json is valid and gives a name and a version.',
    needs: ['FTC-PKG-TARBALL'],
    test: (subject) => subject.readPackageJson(),
  },
  {
    id: 'FTC-MAN-VALID',
    level: 'MUST',
    text: `${MANIFEST_FILE} stands at the root and fits the manifest's schema.`,
    needs: ['FTC-PKG-TARBALL'],
    test: (subject) => subject.readManifest(),
  },
  {
    id: 'FTC-PKG-NAME',
    level: 'MUST',
    text: 'The package is named ftctl-plugin-<id>, @scope/ftctl-plugin-<id> or @ftctl/plugin-<id>.',
    needs: READ,
    test: ({ plugin }) => checkName(plugin),
  },
  {
    id: 'FTC-PKG-KEYWORD',
    level: 'MUST',
    text: `package.json has the keyword ${KEYWORD}.`,
    needs: READ,
    test: ({ plugin }) => {
      const { keywords } = plugin.packageJson;
      if (!Array.isArray(keywords) || !keywords.includes(KEYWORD)) {
        throw new Error(`add "${KEYWORD}" to \`keywords\``);
      }
    },
  },
  {
    id: 'FTC-PKG-ESM',
    level: 'MUST',
    text: 'The entry is an ES module.',
    needs: READ,
    test: ({ plugin }) => checkModuleType(plugin),
  },
  {
    id: 'FTC-PKG-FILES',
    level: 'MUST',
    text: 'Every file that the manifest names is in the package.',
    needs: READ,
    test: ({ plugin }) => checkFiles(plugin),
  },
  {
    id: 'FTC-PKG-EXPORT',
    level: 'MUST',
    text: `\`exports\` in package.json, when present, exports ./${MANIFEST_FILE}.`,
    needs: READ,
    test: ({ plugin }) => checkExport(plugin.packageJson.exports),
  },
  {
    id: 'FTC-PKG-SCRIPTS',
    level: 'MUST',
    text: 'Nothing runs when the package is installed.',
    needs: READ,
    test: ({ plugin }) => checkNoInstallScripts(plugin),
  },
  {
    id: 'FTC-PKG-DEPENDENCIES',
    level: 'MUST',
    text: 'Its dependencies resolve on any machine (no workspace:, catalog:, file:, link:).',
    needs: READ,
    test: ({ plugin }) => checkDependencySpecs(plugin),
  },
  {
    id: 'FTC-PKG-NODE',
    level: 'MUST',
    text: '`engines.node`, when present, accepts the Node that runs this kit.',
    needs: READ,
    test: ({ plugin }) => checkNodeVersion(plugin),
  },
  {
    id: 'FTC-PKG-ENGINES',
    level: 'SHOULD',
    text: 'package.json says in `engines.node` which Node it needs.',
    needs: READ,
    test: ({ plugin }) => {
      if (!plugin.packageJson.engines?.node) throw new Error('`engines.node` is missing');
    },
  },
  {
    id: 'FTC-PKG-LICENSE',
    level: 'SHOULD',
    text: 'package.json names a license.',
    needs: READ,
    test: ({ plugin }) => {
      if (!(plugin.packageJson as { license?: unknown }).license) {
        throw new Error('`license` is missing');
      }
    },
  },
  {
    id: 'FTC-PKG-SIZE',
    level: 'SHOULD',
    text: `Unpacked it has at most ${LARGE_PACKAGE_BYTES / 1024 / 1024} MiB.`,
    needs: READ,
    test: async (subject) => {
      const bytes = await subject.unpackedBytes();
      if (bytes > LARGE_PACKAGE_BYTES) throw new Error(`it has ${bytes} bytes`);
    },
  },
];

function checkExport(exported: unknown): void {
  if (exported === undefined) return;
  const name = `./${MANIFEST_FILE}`;
  const target =
    typeof exported === 'object' && exported !== null
      ? (exported as Record<string, unknown>)[name]
      : undefined;
  if (target !== name) throw new Error(`add "${name}": "${name}" to \`exports\``);
}
