import { type View, type Views, viewErrors } from '@ftctl/sdk';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** What is asked of a plugin on its control socket. */
export interface ViewQuestion {
  /** Below `/api/<plugin>/`. */
  readonly path: string;
  /** What comes once is no list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
}

/** A view as the description of the interface has it. */
export type ViewShape = Omit<View, 'read'>;

/** A view with its path cut to pieces and its schema compiled. */
interface Ready {
  readonly view: View;
  readonly segments: readonly string[];
  readonly check: ValidateFunction;
}

/** The views of a plugin: finds the one that is asked for, and checks what it is asked. */
export class ViewTable {
  readonly #plugin: string;
  readonly #views: Views | undefined;
  readonly #ready: readonly Ready[];

  constructor(plugin: string, views: Views | undefined) {
    this.#plugin = plugin;
    this.#views = views;
    // What comes with an address is text.
    const ajv = new Ajv2020({ strict: false, validateFormats: false, coerceTypes: 'array' });
    this.#ready = (views?.views ?? []).map((view) => ({
      view,
      segments: view.path.split('/'),
      check: ajv.compile({
        type: 'object',
        additionalProperties: false,
        properties: view.query ?? {},
      }),
    }));
  }

  /** All views, and what changes when they do. */
  shapes(): { readonly views: readonly ViewShape[] } {
    return { views: this.#ready.map(({ view: { read: _read, ...shape } }) => shape) };
  }

  version(): { readonly version: string } {
    return { version: this.#views?.version() ?? '' };
  }

  /** @throws FtError FT_VIEW_NOT_FOUND, FT_VIEW_NOTHING_THERE, FT_VIEW_BAD_QUERY, or the plugin's own */
  async read({ path, query }: ViewQuestion): Promise<unknown> {
    const asked = path.split('/');
    for (const { view, segments, check } of this.#ready) {
      const params = match(segments, asked);
      if (params === undefined) continue;
      const checked: Record<string, unknown> = { ...query };
      if (!check(checked)) {
        const { instancePath = '', message = 'is wrong', params: about } = check.errors?.[0] ?? {};
        const where = instancePath.slice(1) || String(about?.additionalProperty ?? 'query');
        throw viewErrors.BAD_QUERY({ path, where, why: message });
      }
      const answer = await view.read({ params, query: checked });
      if (answer === undefined) throw viewErrors.NOTHING_THERE({ path });
      return answer;
    }
    throw viewErrors.NOT_FOUND({ plugin: this.#plugin, path });
  }
}

/** The question in a call's parameters: texts, whatever was sent. */
export function viewQuestion(params: unknown): ViewQuestion {
  const { path = '', query = {} } = (params ?? {}) as { path?: unknown; query?: unknown };
  const pairs = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  return {
    path: String(path),
    query: Object.fromEntries(pairs.map(([name, value]) => [name, textsOf(value)])),
  };
}

function textsOf(value: unknown): string | readonly string[] {
  if (!Array.isArray(value)) return String(value);
  return value.length === 1 ? String(value[0]) : value.map(String);
}

function match(
  segments: readonly string[],
  asked: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (segments.length !== asked.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const found = asked[at] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decoded(found);
    else if (segment !== found) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
