import type { Part } from '@ftctl/plan';
import { hashOf } from '@ftctl/plan/check';
import { askReader, type JobQuery, type PlanQuestion } from '@ftctl/plan/queries';
import type { SinfoniaHead } from '@ftctl/plan/source';
import { changesOf, changesOfPart, type RowChange } from '@ftctl/plan/source';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LanePosition } from '../src/core/resume.ts';
import type { CopyKey, FacetRow, MirrorDatabase } from '../src/database.ts';
import { answersOf, questionsOf, randomPlan, symphonyOf } from './reader-contract.ts';

/** How a kind of database is made for a test, and taken away. */
export interface DatabaseHarness {
  readonly kind: string;
  /** A database of one's own; opened again it is the same. */
  make(): Promise<{ open(): MirrorDatabase; remove(): Promise<void> }>;
}

const V = { era: 1, n: 1 };

export function headOf(key: CopyKey, parts: number): SinfoniaHead {
  return {
    sinfonia: 1,
    ...key,
    plan: { epoch: key.epoch, run: key.syncid },
    madeAtMs: 1_000,
    takenAtMs: 2_000,
    parts,
    domains: [{ name: 'R', epoch: { number: 0, owner: 'M' } }],
    workstations: [
      {
        name: 'M',
        domain: 'R',
        type: 'master',
        os: 'UNIX',
        fullStatus: true,
        limit: 10,
        fence: 0,
      },
    ],
  };
}

export function jobPart(id: string, state: 'HOLD' | 'READY' | 'SUCC' = 'HOLD', n = 1): Part {
  const stream = id.slice(0, id.lastIndexOf('.'));
  const name = id.slice(id.lastIndexOf('.') + 1);
  return {
    kind: 'job',
    id,
    def: {
      id,
      stream,
      name,
      ws: stream.slice(0, stream.indexOf('#')),
      command: 'true',
      follows: [],
      priority: 10,
      prompts: [],
      recovery: 'stop',
    },
    s: { v: { era: 1, n }, state, attempt: 0, priority: 10 },
  };
}

export const positions = (seq: number): readonly LanePosition[] => [
  { lane: 0, incarnation: 'a', seq },
  { lane: 1, incarnation: 'a', seq },
];

async function* pieces(parts: readonly Part[]): AsyncGenerator<readonly FacetRow[]> {
  for (const part of parts) yield [{ id: part.id, facets: changesOfPart(part) }];
}

export async function loadAndShow(
  database: MirrorDatabase,
  key: CopyKey,
  parts: readonly Part[],
): Promise<void> {
  await database.claim(key);
  const head = headOf(key, parts.length);
  await database.load(key, head, pieces(parts));
  await database.show(key, head, positions(10));
}

function jobEvent(id: string, state: 'READY' | 'EXEC' | 'SUCC', n: number): readonly RowChange[] {
  const s = { v: { era: 1, n }, state, attempt: 1, priority: 10 };
  return changesOf({ r: 'event', ms: 5, e: { k: 'job', id, s } });
}

const facetsOf = (part: Part) => changesOfPart(part);

/** What every database that a plan is mirrored in keeps to. */
export function databaseContract(harness: DatabaseHarness): void {
  describe(`${harness.kind} as a mirror`, () => {
    let made: Awaited<ReturnType<DatabaseHarness['make']>>;
    let database: MirrorDatabase;
    const key: CopyKey = { epoch: 1, syncid: 1 };
    const states = async () =>
      Object.fromEntries(
        (await database.reader.jobs({ limit: 100 })).rows.map(({ id, state }) => [id, state]),
      );

    beforeEach(async () => {
      made = await harness.make();
      database = made.open();
      await database.open();
    });
    afterEach(async () => {
      await database.close();
      await made.remove();
    });

    it('shows nothing before a copy is shown, then all of it at once', async () => {
      expect(await database.state()).toEqual({});
      expect(await database.reader.overview()).toBeUndefined();
      const head = headOf(key, 2);
      await database.claim(key);
      await database.load(key, head, pieces([jobPart('M#S.1.A'), jobPart('M#S.1.B', 'READY')]));
      expect(await states()).toEqual({});
      await database.show(key, head, positions(10));
      expect(await states()).toEqual({ 'M#S.1.A': 'HOLD', 'M#S.1.B': 'READY' });
      expect(await database.reader.overview()).toMatchObject({
        run: 1,
        jobs: { HOLD: 1, READY: 1 },
      });
      expect(await database.state()).toEqual({
        claimed: key,
        shown: { ...key, lanes: positions(10) },
      });
    });

    it('keeps rows and position together, also for the next one who opens it', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A')]);
      const to = { lane: 1, incarnation: 'a', seq: 14 };
      await database.apply(key, jobEvent('M#S.1.A', 'EXEC', 3), to);
      await database.close();
      database = made.open();
      await database.open();
      expect(await states()).toEqual({ 'M#S.1.A': 'EXEC' });
      expect((await database.state()).shown?.lanes).toEqual([positions(10)[0], to]);
    });

    it('takes the newest of each facet, in whatever order and however often it comes', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A', 'READY', 2)]);
      for (const [state, n] of [
        ['SUCC', 5],
        ['EXEC', 4],
        ['SUCC', 5],
        ['READY', 1],
      ] as const) {
        await database.apply(key, jobEvent('M#S.1.A', state, n), positions(20)[1] as LanePosition);
      }
      expect(await states()).toEqual({ 'M#S.1.A': 'SUCC' });
      const [job] = (await database.reader.jobs({ limit: 1 })).rows;
      // Its definition is another facet.
      expect(job).toMatchObject({ stream: 'M#S.1', ws: 'M' });
    });

    it('adds what was not in the copy, and deletes what is gone', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A')]);
      const lane = positions(20)[1] as LanePosition;
      await database.apply(key, jobEvent('M#S.1.B', 'READY', 1), lane);
      await database.apply(key, changesOf({ r: 'gone', key: 'job/M#S.1.A' }), lane);
      expect(await states()).toEqual({ 'M#S.1.B': 'READY' });
    });

    it('refuses whoever has a lower copy than the highest that was begun', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A')]);
      await database.claim({ epoch: 2, syncid: 2 });
      const refused = { code: 'FT_MIRROR_SUPERSEDED' };
      const lane = positions(20)[1] as LanePosition;
      await expect(database.apply(key, [], lane)).rejects.toMatchObject(refused);
      await expect(database.claim({ epoch: 1, syncid: 9 })).rejects.toMatchObject(refused);
      await expect(database.show(key, headOf(key, 0), positions(20))).rejects.toMatchObject(
        refused,
      );
      expect(await states()).toEqual({ 'M#S.1.A': 'HOLD' });
    });

    it('changes nothing with a transaction that fails', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A')]);
      const bad = { history: 'M#S.1.A', version: V, atMs: 1, state: null } as unknown as RowChange;
      const good = jobEvent('M#S.1.A', 'EXEC', 3);
      const lane = positions(20)[1] as LanePosition;
      await expect(database.apply(key, [...good, bad], lane)).rejects.toMatchObject({
        code: 'FT_MIRROR_DATABASE',
      });
      expect(await states()).toEqual({ 'M#S.1.A': 'HOLD' });
      expect((await database.state()).shown?.lanes).toEqual(positions(10));
    });

    it('shows the old copy while the next is loaded; then sweeps it away', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A'), jobPart('M#S.1.B')]);
      const next = { epoch: 1, syncid: 2 };
      await database.claim(next);
      const head = headOf(next, 1);
      await database.load(next, head, pieces([jobPart('M#S.2.A')]));
      expect(Object.keys(await states())).toEqual(['M#S.1.A', 'M#S.1.B']);
      await database.show(next, head, positions(30));
      expect(Object.keys(await states())).toEqual(['M#S.2.A']);
      let swept = 0;
      for (let count = -1; count !== 0; swept += count) count = await database.sweep(next, 0);
      // Two jobs, a workstation, a domain and two lanes.
      expect(swept).toBe(6);
      expect(Object.keys(await states())).toEqual(['M#S.2.A']);
    });

    it('forgets the history of jobs that is old', async () => {
      await loadAndShow(database, key, [jobPart('M#S.1.A')]);
      const lane = positions(20)[1] as LanePosition;
      await database.apply(key, jobEvent('M#S.1.A', 'READY', 2), lane);
      expect(await database.sweep(key, 5)).toBe(0);
      expect(await database.sweep(key, 6)).toBe(1);
      expect(await database.sweep(key, 6)).toBe(0);
    });

    it('loads a copy again that was cut off in the middle', async () => {
      await database.claim(key);
      async function* cut(): AsyncGenerator<readonly FacetRow[]> {
        yield* pieces([jobPart('M#S.1.A')]);
        throw new Error('cut off');
      }
      await expect(database.load(key, headOf(key, 2), cut())).rejects.toThrow(/cut off/);
      await loadAndShow(database, key, [jobPart('M#S.1.A', 'SUCC', 3), jobPart('M#S.1.B')]);
      expect(await states()).toEqual({ 'M#S.1.A': 'SUCC', 'M#S.1.B': 'HOLD' });
    });

    it('takes names as they are, and finds them by any part', async () => {
      const names = [
        "M#O'NEILL.1.A",
        'M#100%.1.A_B',
        'M#AXB.1.AXB',
        'M#\u{1F680}.1.\\B',
        'M#".1.;--',
      ];
      await loadAndShow(
        database,
        key,
        names.map((id) => jobPart(id)),
      );
      expect(Object.keys(await states()).sort()).toEqual([...names].sort());
      const found = async (text: string) =>
        (await database.reader.jobs({ text, limit: 10 })).rows.map(({ id }) => id);
      expect(await found("O'N")).toEqual(["M#O'NEILL.1.A"]);
      expect(await found('100%')).toEqual(['M#100%.1.A_B']);
      expect(await found('A_B')).toEqual(['M#100%.1.A_B']);
      expect(await found('\u{1F680}')).toEqual(['M#\u{1F680}.1.\\B']);
      expect(await found('\\B')).toEqual(['M#\u{1F680}.1.\\B']);
    });

    it('takes texts that no database has a place for, and answers them again', async () => {
      const texts = ['Go\0on?', '\u{1F680}', 'half a pair \ud83d', "it's \\ud800", ''];
      const prompts = texts.map(
        (text, n): Part => ({ kind: 'prompt', id: `P${n}`, def: { id: `P${n}`, text } }),
      );
      const jobs = [jobPart('M#S.1.\ud83d'), jobPart('M#S.1.B')];
      await loadAndShow(database, key, [...prompts, ...jobs]);
      const network = hashOf(prompts.flatMap(facetsOf));
      expect(hashOf(await database.facets(key, undefined))).toBe(network);
      expect(Object.keys(await states())).toContain('M#S.1.\uFFFD');
      const more = [{ id: 'P5', text: 'x\0\udfff' }];
      const e = { k: 'add', streams: [], jobs: [], prompts: more } as const;
      const added = changesOf({ r: 'event', ms: 5, e });
      await database.apply(key, added, positions(20)[0] as LanePosition);
      const facets = await database.facets(key, undefined);
      expect(facets.find(({ id }) => id === 'P5')?.cells).toEqual(['x\uFFFD\uFFFD']);
    });

    it('pages by id, and filters by state, workstation and stream', async () => {
      const ids = Array.from({ length: 30 }, (_, n) => `W${n % 3}#S${n % 3}.1.J${100 + n}`);
      await loadAndShow(
        database,
        key,
        ids.map((id, n) => jobPart(id, n % 2 === 0 ? 'READY' : 'SUCC')),
      );
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await database.reader.jobs({
          limit: 7,
          ...(after === undefined ? {} : { after }),
        });
        if (after === undefined) expect(page.total).toBe(30);
        seen.push(...page.rows.map(({ id }) => id));
        after = page.next;
        if (after === undefined) break;
      }
      expect(seen).toEqual([...ids].sort());
      const { rows: filtered } = await database.reader.jobs({
        states: ['READY'],
        ws: 'W1',
        limit: 100,
      });
      expect(filtered.every(({ state, ws }) => state === 'READY' && ws === 'W1')).toBe(true);
      expect(filtered).toHaveLength(5);
      const { rows } = await database.reader.jobs({ stream: 'W2#S2.1', limit: 100 });
      expect(rows).toHaveLength(10);
    });

    it('finds few jobs by their state or workstation among many, and pages through many', async () => {
      const many = Array.from({ length: 2_100 }, (_, n) => jobPart(`M#S.1.J${1_000 + n}`, 'SUCC'));
      const few = ['M#S.1.J0', 'M#S.1.X', 'A#S.1.J1'].map((id) => jobPart(id, 'READY'));
      await loadAndShow(database, key, [...few, ...many]);
      const found = async (query: Omit<JobQuery, 'limit'>) => {
        const { rows, total } = await database.reader.jobs({ ...query, limit: 2 });
        return [rows.map(({ id }) => id), total];
      };
      const first = ['M#S.1.J1000', 'M#S.1.J1001'];
      expect(await found({ states: ['READY'] })).toEqual([['A#S.1.J1', 'M#S.1.J0'], 3]);
      expect(await found({ states: ['SUCC'] })).toEqual([first, 2_100]);
      expect(await found({ states: ['SUCC'], text: 'j12' })).toEqual([
        ['M#S.1.J1200', 'M#S.1.J1201'],
        100,
      ]);
      expect(await found({ ws: 'A' })).toEqual([['A#S.1.J1'], 1]);
      expect(await found({ ws: 'M' })).toEqual([['M#S.1.J0', first[0]], 2_102]);
      expect(await found({ ws: 'M', states: ['SUCC'] })).toEqual([first, 2_100]);
      expect(await found({ ws: 'A', states: ['SUCC'] })).toEqual([[], 0]);
    });

    it('answers the facets that were written, whatever wrote them: what is there can be compared', async () => {
      const cpu: Part = { kind: 'cpu', id: 'M', linked: { v: V, linked: true } };
      const prompt: Part = { kind: 'prompt', id: 'GO.1', def: { id: 'GO.1', text: 'Go?' } };
      const parts = [jobPart("M#O'S.1.A"), jobPart("M#O'S.1.B", 'READY'), jobPart('M#T.1.A')];
      await loadAndShow(database, key, [...parts, cpu, prompt]);
      await database.apply(key, jobEvent("M#O'S.1.A", 'SUCC', 4), positions(20)[1] as LanePosition);
      const s = { v: { era: 1, n: 4 }, state: 'SUCC', attempt: 1, priority: 10 } as const;
      const now = [{ ...parts[0], s } as Part, parts[1] as Part];
      expect(hashOf(await database.facets(key, "M#O'S.1"))).toBe(hashOf(now.flatMap(facetsOf)));
      const network = hashOf([cpu, prompt].flatMap(facetsOf));
      expect(hashOf(await database.facets(key, undefined))).toBe(network);
      expect(hashOf(await database.facets(key, 'M#T.1'))).not.toBe(network);
      expect(await database.streamIds(key)).toEqual([]);
    });

    it('answers what Symphony in memory answers, page by page, in every order', async () => {
      for (const seed of [1, 2]) {
        const made = randomPlan(seed, { epoch: 1, syncid: seed });
        await loadAndShow(database, { epoch: 1, syncid: seed }, made.parts);
        const symphony = symphonyOf(made);
        const asked = (question: PlanQuestion) => askReader(database.reader, question);
        for (const question of questionsOf(made)) {
          const expected = await answersOf(symphony, question);
          expect([question, await answersOf(asked, question)]).toEqual([question, expected]);
        }
      }
    }, 60_000);

    it('refuses a place in a page that is none', async () => {
      await loadAndShow(database, key, []);
      const asked = database.reader.jobs({ limit: 1, after: '{"no":1}' });
      await expect(asked).rejects.toMatchObject({ code: 'FT_MIRROR_ARGUMENT' });
    });

    it('keeps what the topology says of workstations, and what they say of themselves', async () => {
      const cpu: Part = { kind: 'cpu', id: 'M', linked: { v: V, linked: true } };
      await loadAndShow(database, key, [cpu]);
      const links = { v: V, out: ['A'], in: [] };
      await database.apply(
        key,
        changesOf({ r: 'event', ms: 1, e: { k: 'links', ws: 'M', s: links } }),
        positions(20)[0] as LanePosition,
      );
      expect((await database.state()).shown?.lanes[0]?.seq).toBe(20);
    });
  });
}
