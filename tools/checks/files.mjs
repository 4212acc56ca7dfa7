/**
 * What no committed file may contain or be: a path of this machine, an address
 * of a package registry, or a source file too long to be one idea.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './workspace.mjs';

const MAX_SOURCE_LINES = 400;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** @returns {string[]} what is wrong, one line each */
export function checkFiles(base = root) {
  const problems = [];
  const forbidden = machinePaths(base);
  for (const file of trackedFiles(base)) {
    const bytes = readFileSync(join(base, file));
    if (bytes.length > MAX_TEXT_BYTES || bytes.includes(0)) continue;
    const text = bytes.toString('utf8');
    for (const path of forbidden) {
      if (namesPath(text, path)) problems.push(`${file}: contains ${path}, a path of this machine`);
    }
    if (/registry\.(npmjs|yarnpkg|npmmirror)\./.test(text)) {
      problems.push(`${file}: contains the address of a package registry`);
    }
    if (file === 'pnpm-lock.yaml' && /https?:\/\//.test(text)) {
      problems.push(`${file}: contains a download address`);
    }
    const lines = text.split('\n').length - 1;
    if (isSource(file) && lines > MAX_SOURCE_LINES) {
      problems.push(`${file}: has ${lines} lines, at most ${MAX_SOURCE_LINES}; split it`);
    }
  }
  return problems;
}

/** The checkout, the folder that it stands in and the home, unless those are everybody's. */
function machinePaths(base) {
  const common = new Set(['/', tmpdir(), '/tmp', '/home', '/opt', '/srv', '/usr/src']);
  return [base, dirname(base), homedir()].filter((path) => !common.has(path));
}

function namesPath(text, path) {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + path.length] ?? ' ';
    if (!/[\w./-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

function isSource(file) {
  return /^(packages|plugins|tools)\/.*\.(ts|mjs)$/.test(file);
}

function trackedFiles(base) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const listed = execFileSync('git', args, { cwd: base, encoding: 'utf8' });
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], {
    cwd: base,
    encoding: 'utf8',
  });
  const gone = new Set(deleted.split('\0'));
  return listed.split('\0').filter((file) => file !== '' && !gone.has(file));
}
