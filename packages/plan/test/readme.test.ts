import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_LIMITS } from '../src/event-schema.ts';
import { parseDefinitions, parseTopology } from '../src/files/index.ts';
import { Tree } from '../src/tree.ts';
import { votersOf } from '../src/voters.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Blocks of the README that are marked with this, in order. */
function blocks(mark: string): readonly string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${mark}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
}

const [network = ''] = blocks('yaml topology');
const topology = parseTopology(network, 'network.yaml');

/** First column of the nth table with this head. */
function firstColumn(head: string, nth = 0): readonly string[] {
  const table = README.split(`${head}\n`)[nth + 1] ?? '';
  const [rows = ''] = table.split('\n\n', 1);
  return rows
    .split('\n')
    .slice(1)
    .map((row) => /`(\w+)`/.exec(row)?.[1] ?? '')
    .sort();
}

/** Keys that a file may have where this one has a key that means nothing. */
function knownKeys(text: string, parse: (text: string) => unknown): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    const [, keys = ''] = /"zzzzzzzzzzz": known are ([\w, ]+)/.exec(String(error)) ?? [];
    return keys.split(', ').sort();
  }
  return [];
}

describe('the README', () => {
  it('shows a topology that is one, and says of it what is so', () => {
    const { workstations, domains } = topology;
    expect(workstations.get('MASTER')).toMatchObject({ node: 'london', fullStatus: true });
    expect(workstations.get('FTA1A')).toMatchObject({ autolink: false, os: 'WNT', fence: 5 });
    expect(workstations.get('X-A')).toMatchObject({ os: 'OTHER', hostedBy: 'FTA1A' });
    expect(workstations.get('DM1')).toMatchObject({ type: 'manager', limit: 10, fence: 0 });
    expect(domains.get('DM1')?.automaticSwitch).toBe(true);
    expect(votersOf(new Tree(topology), 'DM1')).toEqual(['DM1', 'FS1A', 'FSA']);
  });

  it('shows plans that are ones', () => {
    const [night, lists] = blocks('yaml plan').map((text) =>
      parseDefinitions(text, 'plan.yaml', topology),
    );
    expect(night?.streams.map(({ name, priority }) => [name, priority])).toEqual([
      ['NIGHT', 10],
      ['REPORT', 100],
    ]);
    expect(lists?.streams[0]?.jobs.map(({ name }) => name)).toEqual(['EXTRACT', 'LOAD']);
  });

  it('shows a refusal as it is', () => {
    const [refused = ''] = blocks('yaml refused');
    const [told = ''] = blocks('text');
    expect(told).not.toBe('');
    expect(() => parseDefinitions(refused, 'plan.yaml', topology)).toThrow(told.trimEnd());
  });

  it('names every key that a file may have, and no other', () => {
    const ofTopology = (text: string) => knownKeys(text, (one) => parseTopology(one, 'n.yaml'));
    const ofPlan = (text: string) =>
      knownKeys(text, (one) => parseDefinitions(one, 'p.yaml', topology));
    const head = '| key | meaning | without it |';
    expect(firstColumn(head, 0)).toEqual(
      ofTopology('domains: { R: { zzzzzzzzzzz: 1 } }\nworkstations: {}'),
    );
    expect(firstColumn(head, 1)).toEqual(
      ofTopology('domains: {}\nworkstations: { W: { zzzzzzzzzzz: 1 } }'),
    );
    const stream = ofPlan('streams: { FTA1A#S: { zzzzzzzzzzz: 1, jobs: {} } }');
    const job = ofPlan('streams: { FTA1A#S: { jobs: { A: { zzzzzzzzzzz: 1 } } } }');
    expect(firstColumn('| key | of | meaning | without it |')).toEqual(
      [...new Set([...stream, ...job])].sort(),
    );
  });

  it('gives the bounds of an event as they are', () => {
    const { nameLength, textLength, commandLength, listLength } = EVENT_LIMITS;
    const thousands = (count: number) => count.toLocaleString('en');
    expect(README).toContain(
      `names of ${nameLength} characters, texts of ${textLength}, commands of ${thousands(commandLength)}, lists of ${thousands(listLength)}`,
    );
  });
});
