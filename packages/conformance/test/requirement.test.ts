import { describe, expect, it } from 'vitest';
import { toJunit } from '../src/report/junit.ts';
import type { Report } from '../src/report/report.ts';
import { formatResult, formatVerdict } from '../src/report/table.ts';
import { type Check, type Result, runChecks, skip } from '../src/requirement.ts';
import { requirements } from '../src/requirements.ts';
import { judge } from '../src/verdict.ts';

function check(id: string, more: Partial<Check<string>> = {}): Check<string> {
  return { id, level: 'MUST', text: `${id} is met`, test: () => undefined, ...more };
}

const fails = () => {
  throw new Error('it "is" <not> & never was');
};

describe('runChecks', () => {
  it('blames the first cause, and skips what needs it', async () => {
    const results = await runChecks(
      [
        check('A'),
        check('B', { test: fails }),
        check('C', { needs: ['A', 'B'] }),
        check('D', { needs: ['C'] }),
        check('E', { needs: ['A'] }),
      ],
      'subject',
    );
    expect(results.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'A passed',
      'B failed',
      'C skipped',
      'D skipped',
      'E passed',
    ]);
    expect(results[2]?.detail).toContain('B');
  });

  it('leaves out what is not claimed, also when its needs are not met', async () => {
    const notClaimed = (subject: string) => `${subject} has none`;
    const results = await runChecks(
      [check('A', { notClaimed, needs: ['X'] }), check('B', { needs: ['A'] })],
      'it',
    );
    expect(results[0]).toMatchObject({ status: 'not-claimed', detail: 'it has none' });
    expect(results[1]?.status).toBe('passed');
  });
});

describe('judge', () => {
  it('takes a skipped MUST for a failure, and a SHOULD for advice', async () => {
    const skipped = await runChecks([check('A', { test: () => skip('no way') })], '');
    expect(judge(skipped)).toMatchObject({ conforms: false, failed: [], skipped: ['A'] });
    const should = await runChecks([check('A', { level: 'SHOULD', test: fails })], '');
    expect(judge(should)).toMatchObject({ conforms: true, advised: ['A'] });
    const left = await runChecks([check('A', { notClaimed: () => 'not asked for' })], '');
    expect(judge(left)).toMatchObject({ conforms: true, passed: 0 });
  });
});

describe('reports', () => {
  async function report(): Promise<Report> {
    const results: readonly Result[] = await runChecks(
      [
        check('A'),
        check('B', { test: fails }),
        check('C', { needs: ['B'] }),
        check('D', { level: 'SHOULD', test: fails }),
      ],
      '',
    );
    return {
      reportVersion: 1,
      mode: 'run',
      kit: '0.1.0',
      node: '20.19.0',
      source: './x',
      integrity: 'sha512-x',
      package: 'ftctl-plugin-x',
      version: '1.0.0',
      seed: '7',
      at: '2026-01-01T00:00:00.000Z',
      verdict: judge(results),
      results,
    };
  }

  it('become JUnit in which a skipped MUST fails and a SHOULD does not', async () => {
    const xml = toJunit(await report());
    expect(xml).toContain('tests="4" failures="2" skipped="1"');
    expect(xml).toContain('it &quot;is&quot; &lt;not&gt; &amp; never was');
    expect(xml.match(/<failure /g)).toHaveLength(2);
    expect(xml.match(/<skipped /g)).toHaveLength(1);
  });

  it('become lines that say what was found, and how to see it again', async () => {
    const it_ = await report();
    expect(it_.results.map(formatResult).join('\n')).toMatch(/FAILED +B +MUST .*\n +it "is"/);
    expect(formatVerdict(it_)).toMatch(/DOES NOT CONFORM.*\nfailed: B\n.*C\n.*D\n.*--seed 7/);
  });
});

describe('requirements', () => {
  it('have ids of one form, each once', () => {
    const ids = requirements.map(({ id }) => id);
    expect(
      ids.filter((id) => !/^FTC-(PKG|MAN|CFG|DOC|MSG|LIFE|CMD|HOST)-[A-Z-]+$/.test(id)),
    ).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
