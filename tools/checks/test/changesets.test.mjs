import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkChangesets } from '../changesets.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ftctl-changesets-'));
  write('packages/room/package.json', '{ "name": "@ftctl/room", "private": true }');
  write('packages/room/src/index.ts', 'export const a = 1;\n');
  write('packages/carrier/package.json', '{ "name": "carrier", "version": "0.1.0" }');
  write('packages/carrier/src/index.ts', "export * from '@ftctl/room';\n");
  write('packages/other/package.json', '{ "name": "other", "version": "0.1.0" }');
  write('packages/other/src/index.ts', 'export {};\n');
  git('init', '--quiet', '--initial-branch=main');
  commit();
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('with a release behind it', () => {
  beforeEach(() => git('tag', 'carrier@0.1.0'));

  it('passes when nothing changed', () => {
    expect(checkChangesets(root)).toEqual({
      problems: [],
      note: 'compared with tag carrier@0.1.0',
    });
  });

  it('fails when a bundled private room changed and its carrier is not named', () => {
    write('packages/room/src/index.ts', 'export const a = 2;\n');
    commit();
    const { problems } = checkChangesets(root);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('packages/room changed and no changeset names carrier');
  });

  it('passes when the carrier is named', () => {
    write('packages/room/src/index.ts', 'export const a = 2;\n');
    write('.changeset/brave-room.md', '---\n"carrier": patch\n---\n\nSay 2.\n');
    commit();
    expect(checkChangesets(root).problems).toEqual([]);
  });

  it('sees changes that are not committed, and does not mind tests', () => {
    write('packages/other/src/index.test.ts', 'export {};\n');
    expect(checkChangesets(root).problems).toEqual([]);
    write('packages/other/src/new.ts', 'export {};\n');
    expect(checkChangesets(root).problems).toHaveLength(1);
  });
});

it('passes and says so when there is nothing to compare with', () => {
  const { problems, note } = checkChangesets(root);
  expect(problems).toEqual([]);
  expect(note).toContain('no release tag');
});

function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

function commit() {
  git('add', '--all');
  git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', '-m', 'change');
}

function git(...args) {
  execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}
