const text = { type: 'string', minLength: 1, maxLength: 500 } as const;
const name = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' } as const;
/** A file inside the package: relative, never leaving it. */
const file = {
  type: 'string',
  pattern: '^(?!/)(?!.*(^|/)\\.\\.(/|$))[A-Za-z0-9._/-]{1,200}$',
} as const;
const capability = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*@[0-9]+$',
} as const;
const features = { type: 'array', maxItems: 64, items: text } as const;
const milliseconds = { type: 'integer', minimum: 1, maximum: 3_600_000 } as const;

function list(items: object, maxItems = 64) {
  return { type: 'array', maxItems, items } as const;
}

function record(required: readonly string[], properties: Readonly<Record<string, object>>) {
  return { type: 'object', additionalProperties: false, required, properties } as const;
}

/** JSON Schema (2020-12) of `ftctl.plugin.json`. The shape in words is `Manifest`. */
export const manifestSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ftctl plugin manifest',
  ...record(['manifestVersion', 'id', 'api', 'entry'], {
    $schema: text,
    manifestVersion: { const: 1 },
    id: name,
    api: text,
    entry: file,
    messages: file,
    provides: list(record(['capability'], { capability, features })),
    requires: list(record(['capability'], { capability, features, optional: { type: 'boolean' } })),
    config: record(['schema', 'version'], {
      schema: file,
      version: { type: 'integer', minimum: 1 },
      secrets: list({ type: 'string', pattern: '^(/[^/]+)+$' }),
    }),
    listen: record(['defaultPort'], {
      defaultPort: { type: 'integer', minimum: 0, maximum: 65_535 },
    }),
    topics: record([], {
      publishes: list(name),
      reads: list({ type: 'string', pattern: '^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$' }),
    }),
    commands: record(['namespace', 'list'], {
      namespace: name,
      summary: text,
      list: list(
        record(['name', 'summary', 'runs'], {
          name,
          aliases: list(name, 8),
          summary: text,
          runs: { enum: ['plugin', 'cli'] },
          arguments: list(
            record(['name', 'summary'], {
              name,
              summary: text,
              optional: { type: 'boolean' },
              variadic: { type: 'boolean' },
            }),
            16,
          ),
          options: list(
            record(['flags', 'summary'], {
              flags: {
                type: 'string',
                pattern: '^(-[a-zA-Z], )?--[a-z][a-z0-9-]*( [<\\[][a-z][a-z0-9-]*[>\\]])?$',
              },
              summary: text,
              default: { type: 'string', maxLength: 200 },
            }),
            32,
          ),
        }),
      ),
    }),
    panels: list(record(['id', 'title', 'entry'], { id: name, title: text, entry: file }), 8),
    permissions: record([], {
      paths: list(record(['path', 'access'], { path: text, access: { enum: ['read', 'write'] } })),
      childProcesses: list(text),
      environment: list({ type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
      network: list(text),
    }),
    limits: record([], {
      startMs: milliseconds,
      drainMs: milliseconds,
      restarts: record(['count', 'windowMs'], {
        count: { type: 'integer', minimum: 1, maximum: 100 },
        windowMs: milliseconds,
      }),
      memoryMb: { type: 'integer', minimum: 16, maximum: 65_536 },
    }),
    state: record(['version', 'readableBy'], {
      version: { type: 'integer', minimum: 1 },
      readableBy: text,
    }),
    conformance: record(['profile'], { profile: name, features }),
  }),
} as const;
