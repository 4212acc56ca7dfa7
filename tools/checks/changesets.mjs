/**
 * The release check: what changed since the last release, or since the base,
 * must be named by a changeset. A private room is released inside the packages
 * that bundle it, so a change of the room asks for a changeset that names them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledRooms, root, workspacePackages } from './workspace.mjs';

/** @returns {{ problems: string[], note: string }} */
export function checkChangesets(base = root) {
  const since = baseOf(base);
  if (!since) {
    return {
      problems: [],
      note: 'no release tag and no other origin/main to compare with: passed',
    };
  }
  const all = workspacePackages(base);
  const problems = missingChangesets({
    changed: changedFiles(base, since.commit),
    packages: all.filter((pkg) => pkg.isPublished),
    roomsOf: (pkg) => bundledRooms(pkg, all),
    named: namedPackages(join(base, '.changeset')),
  });
  return { problems, note: `compared with ${since.name}` };
}

/** What has to be named and is not. */
export function missingChangesets({ changed, packages, roomsOf, named }) {
  const problems = [];
  for (const pkg of packages) {
    if (named.has(pkg.name)) continue;
    const touched = [pkg, ...roomsOf(pkg)].filter((one) =>
      changed.some((file) => file.startsWith(`${one.place}/`) && isReleased(file)),
    );
    if (touched.length === 0) continue;
    problems.push(
      `${touched.map((one) => one.place).join(', ')} changed and no changeset names ${pkg.name}, ` +
        'which carries it: run `npx changeset`',
    );
  }
  return problems;
}

/** Tests, and notes on them, reach nobody who installs the package. */
function isReleased(file) {
  return !/(^|\/)test\/|\.test\.ts$|(^|\/)CHANGELOG\.md$/.test(file);
}

/** The last release tag (`name@version`), else origin/main when it is behind HEAD. */
function baseOf(base) {
  const tag = git(base, 'describe', '--tags', '--abbrev=0', '--match', '*@*');
  if (tag) return { name: `tag ${tag}`, commit: tag };
  const main = git(base, 'merge-base', 'origin/main', 'HEAD');
  if (main && main !== git(base, 'rev-parse', 'HEAD')) return { name: 'origin/main', commit: main };
  return undefined;
}

function changedFiles(base, commit) {
  const changed = git(base, 'diff', '--name-only', '-z', commit) ?? '';
  const added = git(base, 'ls-files', '-z', '--others', '--exclude-standard') ?? '';
  return `${changed}\0${added}`.split('\0').filter((file) => file !== '');
}

/** Packages that the pending changesets name. */
function namedPackages(folder) {
  const names = new Set();
  if (!existsSync(folder)) return names;
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.md') || file === 'README.md') continue;
    const front = /^---\n([\s\S]*?)\n---/.exec(readFileSync(join(folder, file), 'utf8'));
    for (const line of front?.[1].split('\n') ?? []) {
      const name = /^["']?([^"']+?)["']?\s*:/.exec(line)?.[1];
      if (name) names.add(name);
    }
  }
  return names;
}

/** What git prints, or undefined when it refuses: no tag, no such branch. */
function git(cwd, ...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio }).replace(/\n$/, '');
  } catch (error) {
    if (typeof error.status === 'number') return undefined;
    throw error;
  }
}
