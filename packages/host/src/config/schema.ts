const section = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) =>
  ({ type: 'object', additionalProperties: false, properties, required }) as const;

/** 1 to 63 lower-case letters, digits, `.` and `-`; starts and ends with a letter or digit. */
export const HOST_NAME_PATTERN = '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$';
const PLUGIN_ID_PATTERN = '^[a-z][a-z0-9-]{0,39}$';
/** `address`, `address:port` or `[ipv6]:port`. */
const ADDRESS_PATTERN = '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$';

/** The same with a port. */
const SERVICE_PATTERN = '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$';

const port = { type: 'integer', minimum: 0, maximum: 65_535 } as const;

/** JSON Schema (2020-12) of `ftctl.yaml`, with its defaults. The shape in words is `HostConfig`. */
export const hostConfigSchema = section(
  {
    host: { type: 'string', pattern: HOST_NAME_PATTERN },
    listen: { type: 'string', minLength: 1, maxLength: 255, default: '127.0.0.1' },
    ca: {
      ...section({
        listen: { type: 'string', pattern: SERVICE_PATTERN },
        address: { type: 'string', pattern: SERVICE_PATTERN },
      }),
      default: {},
    },
    tls: {
      ...section({
        revocationIntervalMs: { type: 'integer', minimum: 1_000, maximum: 60_000, default: 30_000 },
      }),
      default: {},
    },
    metrics: {
      ...section({
        enabled: { type: 'boolean', default: true },
        port: { ...port, default: 0 },
      }),
      default: {},
    },
    dashboard: {
      ...section({
        enabled: { type: 'boolean', default: true },
        listen: { type: 'string', pattern: SERVICE_PATTERN, default: '127.0.0.1:0' },
        clientCertificates: { type: 'boolean', default: true },
      }),
      default: {},
    },
    log: {
      ...section({
        level: { enum: ['debug', 'info', 'warn', 'error'], default: 'info' },
        maxBytes: { type: 'integer', minimum: 65_536, maximum: 2 ** 40, default: 10_485_760 },
        keep: { type: 'integer', minimum: 1, maximum: 1_000, default: 5 },
      }),
      default: {},
    },
    directory: {
      type: 'object',
      default: {},
      propertyNames: { pattern: HOST_NAME_PATTERN },
      additionalProperties: {
        type: 'object',
        propertyNames: { pattern: PLUGIN_ID_PATTERN },
        additionalProperties: { type: 'string', pattern: ADDRESS_PATTERN },
      },
    },
    plugins: {
      type: 'object',
      default: {},
      propertyNames: { pattern: PLUGIN_ID_PATTERN },
      additionalProperties: section({
        enabled: { type: 'boolean', default: true },
        port,
        config: { type: 'object', default: {} },
      }),
    },
  },
  ['host'],
);
