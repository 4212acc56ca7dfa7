import { describe, expect, it } from 'vitest';
import { type CachedAnswer, ViewCache } from './view-cache.ts';

const query = (text = '') => new URLSearchParams(text);
const textOf = ({ body }: CachedAnswer) => Buffer.from(body).toString();

describe('answers for many watchers', () => {
  it('asks once for all who ask the same within a second, whatever the order of the query', async () => {
    let asked = 0;
    let nowMs = 0;
    const ask = async () => ({ asked: ++asked });
    const cache = new ViewCache(ask, () => nowMs);
    const same = ['a=1&b=2', 'b=2&a=1', 'a=1&b=2'].map((text) => cache.read('p', 'x', query(text)));
    const [first, ...others] = await Promise.all(same);
    expect(others.every((one) => one === first)).toBe(true);
    expect(asked).toBe(1);
    nowMs = 1_001;
    const later = await cache.read('p', 'x', query('a=1&b=2'));
    expect([asked, later.etag === first?.etag]).toEqual([2, false]);
  });

  it('names the same answer the same', async () => {
    let nowMs = 0;
    const cache = new ViewCache(
      async () => ({ rows: [] }),
      () => nowMs,
    );
    const { etag } = await cache.read('p', 'x', query());
    nowMs = 5_000;
    expect((await cache.read('p', 'x', query())).etag).toBe(etag);
  });

  it('does not keep a failure, and lets a plugin have so many questions at a time', async () => {
    let inside = 0;
    let most = 0;
    let asked = 0;
    const cache = new ViewCache(
      async () => {
        asked += 1;
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside -= 1;
        if (asked === 1) throw new Error('not now');
        return asked;
      },
      () => 0,
    );
    await expect(cache.read('p', 'x', query())).rejects.toThrow('not now');
    expect(textOf(await cache.read('p', 'x', query()))).toBe('2');
    const many = Array.from({ length: 100 }, (_, n) => cache.read('p', 'x', query(`n=${n}`)));
    await Promise.all(many);
    expect(most).toBe(8);
    const tooMany = Array.from({ length: 400 }, (_, n) => cache.read('p', 'y', query(`n=${n}`)));
    const settled = await Promise.allSettled(tooMany);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(400 - 8 - 256);
  });

  it('answers at once what it has, and nothing from before a change', async () => {
    let answer = 'old';
    const cache = new ViewCache(
      async () => answer,
      () => 0,
    );
    expect(cache.ready('p', 'x', query())).toBeUndefined();
    const known = await cache.read('p', 'x', query());
    expect(cache.ready('p', 'x', query())).toBe(known);
    answer = 'new';
    expect(textOf(await cache.read('p', 'x', query()))).toBe('"old"');
    cache.forget('p');
    expect(cache.ready('p', 'x', query())).toBeUndefined();
    expect(textOf(await cache.read('p', 'x', query()))).toBe('"new"');
  });

  it('keeps so many answers', async () => {
    let asked = 0;
    const cache = new ViewCache(
      async () => ++asked,
      () => 0,
    );
    for (let n = 0; n < 600; n += 1) await cache.read('p', 'x', query(`n=${n}`));
    await cache.read('p', 'x', query('n=599'));
    expect(asked).toBe(600);
    await cache.read('p', 'x', query('n=0'));
    expect(asked).toBe(601);
  });
});
