import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwsLab } from './tws-lab.ts';

const TOPOLOGY = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m }
  FS: { type: fta, domain: R, fullstatus: on, node: fs }
  FTA: { type: fta, domain: R, node: fta }
`;
const PLAN = 'streams:\n  M#FIRST:\n    jobs: { A: echo first }\n';
const OTHER = `streams:
  M#OTHER:
    jobs:
      A: for n in 1 2 3; do echo line $n; sleep 0.4; done
`;

interface Rows<R> {
  readonly rows: readonly R[];
}
interface Row {
  readonly id: string;
  readonly state: string;
}

/** What operators type, on real hosts. */
describe('ftctl tws', () => {
  let lab: TwsLab;
  beforeAll(async () => {
    lab = await TwsLab.start({ topology: TOPOLOGY, plan: PLAN });
    await lab.until<Rows<{ state: string }> & { acting: boolean }>(
      'm',
      { command: 'showcpus', args: { selection: '@!@' } },
      ({ rows, acting }) => acting && rows.every(({ state }) => /^[FL]/.test(state)),
    );
    await lab.tws('m', 'jnextday');
    await lab.until<Rows<Row>>('m', { command: 'showjobs' }, ({ rows }) => rows.every(isDone));
  });
  afterAll(() => lab.down());

  it('jnextday --plan goes by another file from then on; sj --archived shows what it left behind', async () => {
    const file = join(lab.folder, 'other.yaml');
    await writeFile(file, OTHER);
    const elsewhere = await lab.lab.exec('fs', ['tws', 'jnextday', '--plan', file]);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toMatch(/--plan: give the file on the master, M/);
    await lab.tws('m', 'jnextday', '--plan', file);
    const { rows } = await lab.tws<Rows<Row>>('m', 'sj');
    expect(rows.map(({ id }) => id)).toEqual(['M#OTHER.2.A']);
    for (const host of ['m', 'fs']) {
      const archived = await lab.until<Rows<Row>>(
        host,
        { command: 'showjobs', options: { archived: true } },
        (answer) => answer.rows.length > 0,
      );
      expect(archived.rows).toMatchObject([{ id: 'M#FIRST.1.A', state: 'SUCC' }]);
    }
  });

  it('log --follow prints what a job prints until it ends', async () => {
    await lab.until<Rows<Row>>('m', { command: 'showjobs' }, ({ rows }) => rows.every(isDone));
    await lab.tws('m', 'rerun', 'M#OTHER.A');
    await lab.until<Rows<Row>>('m', { command: 'showjobs' }, ({ rows }) =>
      rows.some(({ state }) => state === 'EXEC'),
    );
    const { code, stdout } = await lab.lab.exec('m', ['tws', 'log', 'M#OTHER.A', '--follow']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'line 1\nline 2\nline 3\n' });
  });

  it('sc --link shows who is connected to whom; unlink and link take a selection', async () => {
    const asked = { command: 'showcpus', args: { selection: '@' }, options: { link: true } };
    const linked = ({ rows }: Rows<{ cpuId: string; in: string[]; out: string[] }>) =>
      rows.find(({ cpuId }) => cpuId === 'M')?.in.includes('FTA') ?? false;
    const answer = await lab.until('m', asked, linked);
    expect(answer.rows.map(({ cpuId }) => cpuId)).toEqual(['M', 'FS', 'FTA']);
    await lab.tws('m', 'unlink', 'FT@');
    await lab.until<Rows<{ cpuId: string; in: string[]; out: string[] }>>(
      'm',
      asked,
      (one) => !linked(one),
    );
    await lab.tws('m', 'link', '@!FT@');
    await lab.until('m', asked, linked);
  });

  it('switchmgr takes "DOMAIN;WS" and two arguments; evtsize and doctor answer', async () => {
    await lab.tws('m', 'switchmgr', 'R;FS');
    expect((await lab.tws<{ acting: boolean }>('fs', 'sc')).acting).toBe(true);
    await lab.tws('fs', 'switchmgr', 'R', 'M');
    expect((await lab.tws<{ acting: boolean }>('m', 'sc')).acting).toBe(true);
    await lab.tws('m', 'evtsize', 'ftup.msg', '5000000');
    const files = await lab.tws<{ file: string; limit: number }[]>('m', 'evtsize', '--show');
    expect(files.find(({ file }) => file === 'ftup')?.limit).toBe(5_000_000);
    const doctor = await lab.lab.exec('m', ['tws', 'doctor', '--json']);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      workstation: 'M',
      replays: expect.anything(),
    });
  });

  it('says what is wrong with a selection', async () => {
    const { code, stderr } = await lab.lab.exec('m', ['tws', 'sj', 'M#']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/FT_TWS_ARGUMENT.*selection/s);
  });
});

function isDone({ state }: Row): boolean {
  return state === 'SUCC';
}
