import type { ViewShape } from '../runner/views.ts';
import { SESSION_COOKIE } from './access.ts';

export interface PluginViews {
  readonly plugin: string;
  readonly version: string;
  readonly views: readonly ViewShape[];
}

/** OpenAPI 3.1 of everything that may be read: views bring their JSON Schemas with them. */
export function openApi(host: string, version: string, plugins: readonly PluginViews[]): object {
  const paths = Object.fromEntries(
    plugins.flatMap(({ plugin, views }) =>
      views.map((view) => [
        `/api/${plugin}/${view.path.replace(/:([A-Za-z]+)/g, '{$1}')}`,
        { get: operation(plugin, view) },
      ]),
    ),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: `ftctl on ${host}`,
      version,
      description:
        'Everything here only reads. An answer carries an ETag; asked for again with If-None-Match it may be 304. A page of rows carries `next`: ask again with `after` set to it.',
    },
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'What `ftctl dashboard --token` prints.',
        },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
    },
    paths,
  };
}

function operation(plugin: string, view: ViewShape): object {
  const inPath = [...view.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(view.query ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }));
  return {
    summary: view.summary,
    tags: [plugin],
    parameters: [...inPath, ...inQuery],
    responses: {
      200: { description: 'the answer', content: { 'application/json': { schema: view.answer } } },
      304: { description: 'it is what it was' },
      400: { description: 'a value of the query is wrong', content: PROBLEM },
      401: { description: 'no token' },
      404: { description: 'there is no such thing', content: PROBLEM },
      503: { description: 'the plugin cannot answer at present', content: PROBLEM },
    },
  };
}

const text = { type: 'string' };
const PROBLEM = {
  'application/json': {
    schema: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: text, message: text, action: text },
    },
  },
};
