/**
 * Import rules that need the file system, beside those that the linter knows:
 * a relative import stays in its package, names an existing file with its
 * extension, and a package that is imported is declared by the one who imports
 * it. What a bundled room depends on, the published package declares as well, and nothing more.
 */
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import {
  bundledRooms,
  importsOf,
  isTestFile,
  packageOf,
  root,
  sourceFiles,
  workspacePackages,
} from './workspace.mjs';

/** @returns {string[]} what is wrong, one line each */
export function checkImports(base = root, rootPackage = {}) {
  const all = workspacePackages(base);
  const problems = [];
  for (const pkg of all) {
    for (const file of sourceFiles(pkg.folder)) {
      const say = (text) => problems.push(`${relative(base, file)}: ${text}`);
      for (const specifier of importsOf(file)) {
        const problem = specifier.startsWith('.')
          ? relativeProblem(pkg, file, specifier)
          : bareProblem(pkg, file, specifier, rootPackage);
        if (problem) say(problem);
      }
    }
  }
  for (const pkg of all.filter((one) => one.isPublished)) {
    problems.push(...undeclaredByBundle(pkg, all), ...unusedByBundle(pkg, all));
  }
  return problems;
}

function relativeProblem(pkg, file, specifier) {
  const target = resolve(dirname(file), specifier);
  if (!`${target}${sep}`.startsWith(`${pkg.folder}${sep}`)) {
    return `"${specifier}" leaves ${pkg.name}; import the other package by its name`;
  }
  const isBuilt = target.startsWith(resolve(pkg.folder, 'dist') + sep);
  if (!isBuilt && !existsSync(target)) return `"${specifier}" does not exist (write the extension)`;
  return undefined;
}

function bareProblem(pkg, file, specifier, rootPackage) {
  if (specifier.startsWith('node:')) return undefined;
  if (builtinModules.includes(specifier)) return `"${specifier}" lacks its node: prefix`;
  const name = packageOf(specifier);
  const { dependencies, devDependencies, peerDependencies } = pkg.pkg;
  const isWorkspace = (dependencies?.[name] ?? devDependencies?.[name])?.startsWith('workspace:');
  if (isWorkspace || dependencies?.[name] || peerDependencies?.[name]) return undefined;
  const isForTests = devDependencies?.[name] ?? rootPackage.devDependencies?.[name];
  if (isTestFile(pkg, file) && isForTests) return undefined;
  // A plugin may bundle a package, so that its tarball needs no npm; then it is a devDependency.
  if (pkg.place.startsWith('plugins') && devDependencies?.[name]) return undefined;
  return `"${name}" is not in the dependencies of ${pkg.name}`;
}

function undeclaredByBundle(pkg, all) {
  const problems = [];
  for (const room of bundledRooms(pkg, all)) {
    for (const [name, version] of Object.entries(room.pkg.dependencies ?? {})) {
      if (version.startsWith('workspace:')) continue;
      // A plugin bundles what it can (see bareProblem), so that its tarball needs no npm.
      const bundled = pkg.place.startsWith('plugins') ? pkg.pkg.devDependencies?.[name] : undefined;
      const declared = pkg.pkg.dependencies?.[name] ?? bundled;
      if (declared !== version) {
        problems.push(
          `${pkg.place}/package.json: bundles ${room.name}, which needs ${name} ${version}; ` +
            `its own dependencies say ${declared ?? 'nothing'}`,
        );
      }
    }
  }
  return problems;
}

/** Dependencies of a published package that neither it nor a room inside it imports. */
function unusedByBundle(pkg, all) {
  const used = new Set();
  for (const one of [pkg, ...bundledRooms(pkg, all)]) {
    for (const file of sourceFiles(one.folder)) {
      if (isTestFile(one, file)) continue;
      for (const specifier of importsOf(file)) used.add(packageOf(specifier));
    }
  }
  return Object.keys(pkg.pkg.dependencies ?? {})
    .filter((name) => !used.has(name))
    .map((name) => `${pkg.place}/package.json: ${name} is imported by nothing that it ships`);
}
