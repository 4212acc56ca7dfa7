/**
 * Builds the package in the current folder into `dist`.
 *
 * The package names its entry files in `package.json`:
 *
 *   "ftctlBuild": { "entries": ["src/index.ts"], "types": true }
 *
 * `types` asks for type declarations, of all entries or of those that it lists.
 * Workspace packages are devDependencies and are bundled, so that every tarball
 * installs alone; what stands in `dependencies` stays outside. A plugin's
 * message catalogue (`src/messages.ts`) is also written to `dist/messages.json`,
 * which `ftctl explain` reads without running plugin code.
 *
 * `"web": { "out": "panels", "entries": ["src/panels/plan.tsx"], "copy": [...] }`
 * is what a browser loads: bundled whole and made small, into a folder of `dist`.
 *
 * The new `dist` is made beside the old one and takes its place when it is
 * whole, so that nobody finds it half made. `"pure": true` is for a package that
 * uses nothing of Node.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = process.cwd();
const pkg = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const options = pkg.ftctlBuild;
if (!options?.entries?.length) {
  throw new Error(`${pkg.name}: package.json needs "ftctlBuild": { "entries": [...] }`);
}

/** Bundled CommonJS calls `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const dist = join(root, 'dist');
const fresh = join(root, `dist.new-${process.pid}`);
const old = join(root, `dist.old-${process.pid}`);

const entry = [...options.entries];
const catalogue = 'src/messages.ts';
const hasCatalogue =
  existsSync(join(root, 'ftctl.plugin.json')) && existsSync(join(root, catalogue));
if (hasCatalogue) entry.push(catalogue);

try {
  await build({
    config: false,
    silent: true,
    entry,
    outDir: fresh,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    sourcemap: false,
    clean: false,
    treeshake: true,
    noExternal: [/^@ftctl\//],
    banner: options.pure ? {} : { js: REQUIRE },
    dts: options.types ? typesOf(options.types) : false,
    // One that names its files: else the types of the whole workspace would be read.
    tsconfig: resolve(import.meta.dirname, 'tsconfig.json'),
  });

  if (options.web) await buildForBrowsers(options.web);

  if (hasCatalogue) {
    const module = await import(pathToFileURL(join(fresh, 'messages.js')).href);
    const catalogues = Object.values(module).filter((value) => value?.catalogue);
    const messages = catalogues.flatMap((value) => value.catalogue);
    if (messages.length === 0) throw new Error(`${pkg.name}: ${catalogue} exports no catalogue`);
    await writeFile(join(fresh, 'messages.json'), `${JSON.stringify(messages, null, 2)}\n`);
  }
  if (existsSync(dist)) await rename(dist, old);
  await rename(fresh, dist);
} finally {
  await rm(fresh, { recursive: true, force: true });
  await rm(old, { recursive: true, force: true });
}

async function buildForBrowsers({ out, entries, copy = [] }) {
  const outDir = join(fresh, out);
  await build({
    config: false,
    silent: true,
    entry: entries,
    outDir,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    splitting: true,
    sourcemap: false,
    clean: false,
    treeshake: true,
    minify: true,
    noExternal: [/./],
    outExtension: () => ({ js: '.js' }),
    esbuildOptions(to) {
      to.jsx = 'automatic';
      to.jsxImportSource = 'preact';
      to.charset = 'utf8';
    },
    dts: false,
    tsconfig: resolve(import.meta.dirname, 'tsconfig.json'),
  });
  await Promise.all(
    copy.map((file) => copyFile(resolve(root, file), join(outDir, basename(file)))),
  );
}

function typesOf(types) {
  return {
    ...(Array.isArray(types) && { entry: types }),
    compilerOptions: {
      noEmit: false,
      // Types are checked by `npm run typecheck`; checking them again takes most of the time.
      noEmitOnError: false,
      noCheck: true,
      // Named by path, the workspace's types are bundled; found in node_modules, they are not.
      paths: workspacePaths(),
    },
  };
}

/** What the packages of the workspace export, by the name under which it is imported. */
function workspacePaths() {
  const paths = {};
  const packages = resolve(import.meta.dirname, '../../packages');
  for (const folder of existsSync(packages) ? readdirSync(packages) : []) {
    const file = join(packages, folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, exports = {} } = JSON.parse(readFileSync(file, 'utf8'));
    for (const [path, target] of Object.entries(exports)) {
      paths[join(name, path)] = [join(packages, folder, target)];
    }
  }
  return paths;
}
