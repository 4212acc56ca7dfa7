import type { ViewRequest } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { openApi } from '../dashboard/openapi.ts';
import { ViewTable, viewQuestion } from './views.ts';

const table = new ViewTable('plan', {
  views: [
    {
      path: 'jobs',
      summary: 'Jobs.',
      query: {
        limit: { type: 'integer', minimum: 1, maximum: 10 },
        states: { type: 'array', items: { enum: ['A', 'B'] } },
        all: { type: 'boolean' },
      },
      answer: { type: 'object' },
      read: ({ query }: ViewRequest) => query,
    },
    {
      path: 'jobs/:id/log',
      summary: 'Its log.',
      answer: { type: 'object' },
      read: ({ params }: ViewRequest) => (params.id === 'no' ? undefined : params),
    },
  ],
  version: () => '7',
});
const ask = (path: string, query: Readonly<Record<string, string | readonly string[]>> = {}) =>
  table.read({ path, query });

describe('views of a plugin', () => {
  it('finds the one that is asked for, with what stands in its path', async () => {
    expect(await ask('jobs/A%23B%2F1/log')).toEqual({ id: 'A#B/1' });
    await expect(ask('jobs/x')).rejects.toMatchObject({ code: 'FT_VIEW_NOT_FOUND' });
    await expect(ask('jobs/no/log')).rejects.toMatchObject({ code: 'FT_VIEW_NOTHING_THERE' });
    expect(table.version()).toEqual({ version: '7' });
  });

  it('makes numbers, booleans and lists of the texts of an address, or says what is wrong', async () => {
    expect(await ask('jobs', { limit: '5', all: 'true', states: 'A' })).toEqual({
      limit: 5,
      all: true,
      states: ['A'],
    });
    expect(await ask('jobs', { states: ['A', 'B'] })).toEqual({ states: ['A', 'B'] });
    for (const query of [{ limit: '0' }, { limit: 'x' }, { states: 'C' }, { other: '1' }]) {
      await expect(ask('jobs', query)).rejects.toMatchObject({ code: 'FT_VIEW_BAD_QUERY' });
    }
  });

  it('takes whatever comes over the socket for texts', () => {
    expect(viewQuestion({ path: 3, query: { a: [1], b: [1, 2], c: null } })).toEqual({
      path: '3',
      query: { a: '1', b: ['1', '2'], c: 'null' },
    });
    expect(viewQuestion(undefined)).toEqual({ path: '', query: {} });
  });

  it('are described as OpenAPI has it', () => {
    const views = [{ plugin: 'plan', version: '1.0.0', views: table.shapes().views }];
    expect(openApi('m', '1.0.0', views)).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/plan/jobs': { get: { parameters: [{ name: 'limit', in: 'query' }, {}, {}] } },
        '/api/plan/jobs/{id}/log': { get: { parameters: [{ name: 'id', in: 'path' }] } },
      },
    });
  });
});
