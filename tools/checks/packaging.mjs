/**
 * Packs every published package as a release would, and uses each tarball as a
 * stranger does: alone, in an empty folder, with npm. Needs a build.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root, workspacePackages } from './workspace.mjs';

const run = promisify(execFile);
const STEP_TIMEOUT_MS = 180_000;

/** @returns {Promise<{ problems: string[], note: string }>} */
export async function checkPackaging(base = root) {
  const work = await mkdtemp(join(tmpdir(), 'ftctl-packaging-'));
  try {
    const problems = [];
    const published = workspacePackages(base).filter((one) => one.isPublished);
    for (const pkg of published) {
      const folder = join(work, basename(pkg.folder));
      await mkdir(folder);
      const found = await packageProblems(pkg, folder).catch((error) => [firstLines(error)]);
      problems.push(...found.map((problem) => `${pkg.name}: ${problem}`));
    }
    return { problems, note: published.map((pkg) => pkg.name).join(', ') };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function packageProblems(pkg, folder) {
  const pnpm = join(root, 'node_modules/.bin/pnpm');
  await run(pnpm, ['pack', '--pack-destination', folder], {
    cwd: pkg.folder,
    timeout: STEP_TIMEOUT_MS,
  });
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  const installed = await installAlone(pkg, tarball, folder);
  return [
    ...(await lintTarball(tarball)),
    ...contentProblems(installed),
    ...(await useProblems(pkg, installed)),
    ...(await typeProblems(pkg, installed)),
  ];
}

async function lintTarball(tarball) {
  const bytes = await readFile(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** Installs the tarball into an empty project; without dependencies it must need no registry. */
async function installAlone(pkg, tarball, folder) {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true }\n');
  const isAlone = Object.keys(pkg.pkg.dependencies ?? {}).length === 0;
  const args = ['install', tarball, '--no-audit', '--no-fund', '--no-package-lock'];
  if (isAlone) args.push('--offline');
  await run('npm', args, { cwd: project, timeout: STEP_TIMEOUT_MS });
  return join(project, 'node_modules', ...pkg.name.split('/'));
}

function contentProblems(installed) {
  const problems = [];
  for (const name of ['README.md', 'LICENSE']) {
    if (!existsSync(join(installed, name))) problems.push(`${name} is not in the tarball`);
  }
  const manifest = readFileSync(join(installed, 'package.json'), 'utf8');
  if (/"(workspace|catalog|file|link):/.test(manifest)) {
    problems.push('package.json names a package of the workspace by its place');
  }
  const { scripts = {} } = JSON.parse(manifest);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (scripts[name]) problems.push(`has an install script: ${name}`);
  }
  for (const file of readdirSync(installed, { recursive: true })) {
    if (file.startsWith('node_modules')) continue;
    if (file.endsWith('.map')) problems.push(`${file}: a source map is in the tarball`);
    if (!/\.(js|ts|json|md)$/.test(file)) continue;
    if (readFileSync(join(installed, file), 'utf8').includes(root)) {
      problems.push(`${file} contains the path of this checkout`);
    }
  }
  return problems;
}

/** Its programs answer `--help`, its modules can be imported. */
async function useProblems(pkg, installed) {
  const problems = [];
  const project = projectOf(pkg, installed);
  for (const name of Object.keys(pkg.pkg.bin ?? {})) {
    const { stdout } = await run('npx', ['--no', name, '--', '--help'], {
      cwd: project,
      timeout: STEP_TIMEOUT_MS,
    });
    if (!stdout.includes(name)) problems.push(`${name} --help does not tell its name`);
  }
  const { exports = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const path of Object.keys(exports)) {
    if (path.endsWith('.json')) continue;
    const module = join(pkg.name, path);
    const script = `const m = await import(${JSON.stringify(module)}); console.log(Object.keys(m).length);`;
    const { stdout } = await run('node', ['--input-type=module', '-e', script], {
      cwd: project,
      timeout: STEP_TIMEOUT_MS,
    });
    if (Number(stdout) === 0) problems.push(`${module} exports nothing`);
  }
  return problems;
}

/** A stranger's compiler finds all types: nothing in them names a package that is not installed. */
async function typeProblems(pkg, installed) {
  const project = projectOf(pkg, installed);
  const { exports = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const typed = Object.keys(exports).filter((path) => exports[path].types);
  if (typed.length === 0) return [];
  const lines = typed.map(
    (path, index) => `export * as m${index} from '${join(pkg.name, path)}';\n`,
  );
  await writeFile(join(project, 'use.ts'), lines.join(''));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2023',
    module: 'nodenext',
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = { compilerOptions, files: ['use.ts'] };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  return run(tsc, ['-p', project], { cwd: project, timeout: STEP_TIMEOUT_MS }).then(
    () => [],
    (error) =>
      error.stdout
        .trim()
        .split('\n')
        .map((line) => `types: ${line}`),
  );
}

function projectOf(pkg, installed) {
  return join(installed, ...pkg.name.split('/').map(() => '..'), '..');
}

function firstLines(error) {
  const text = [error.message, error.stderr].filter(Boolean).join('\n');
  return text.split('\n').slice(0, 12).join('\n    ');
}
