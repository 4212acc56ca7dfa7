import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { type Access, SESSION_COOKIE } from './access.ts';
import type { Changes } from './changes.ts';
import { dashboardErrors } from './errors.ts';
import { bodyOf, failure } from './failure.ts';
import { openApi, type PluginViews } from './openapi.ts';
import { isSame } from './token.ts';

/** A browser that hears nothing for so long takes the connection for dead. */
const BEAT_MS = 15_000;
const SESSION_SECONDS = 30 * 86_400;
const MAX_BODY_BYTES = 1_024;
/** After a wrong token. */
const PAUSE_MS = 500;

/** A page of a plugin. */
export interface ShownPanel {
  readonly plugin: string;
  readonly id: string;
  readonly title: string;
  readonly version: string;
  /** Where its module is: `/panels/<plugin>/<file>`. */
  readonly entry: string;
}

export interface DashboardParts {
  readonly host: string;
  readonly version: string;
  readonly access: Access;
  /** Folder of the frame: `index.html` and what belongs to it. */
  readonly assets: string;
  readonly changes: Changes;
  panels(): readonly ShownPanel[];
  /** Folder of an installed plugin's panels; undefined when it has none. */
  panelFolder(plugin: string): string | undefined;
  describe(): Promise<readonly PluginViews[]>;
}

/** The dashboard as a web application: what it answers to which address, but for the views (`ViewAnswers`). */
export function dashboardApp(parts: DashboardParts): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(compress());
  app.use(async (context, next) => {
    const name = parts.access.strangeName(context.req.header('host'));
    if (name !== undefined) return context.json(bodyOf(dashboardErrors.NAME({ name })), 421);
    await next();
    return undefined;
  });
  frame(app, parts);
  session(app, parts);
  api(app, parts);
  app.notFound((context) => context.json(bodyOf(dashboardErrors.NOTHING()), 404));
  app.onError((error, context) => context.json(...failure(error)));
  return app;
}

/** The frame, which shows nothing of this host by itself, and panels, which are code of the plugins' packages. */
function frame(app: Hono, { assets, panelFolder }: DashboardParts): void {
  app.get('/', (context) => file(context, assets, 'index.html'));
  app.get('/assets/:name', (context) => file(context, assets, context.req.param('name')));
  app.get('/panels/:plugin/:name', (context) => {
    const folder = panelFolder(context.req.param('plugin'));
    if (folder === undefined) return context.notFound();
    return file(context, folder, context.req.param('name'));
  });
}

function session(app: Hono, { access }: DashboardParts): void {
  const { token } = access;
  app.post('/api/login', bodyLimit({ maxSize: MAX_BODY_BYTES }), async (context) => {
    const { token: given } = (await context.req.json().catch(() => ({}))) as { token?: unknown };
    if (typeof given !== 'string' || !isSame(given, token)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return context.json(bodyOf(dashboardErrors.TOKEN()), 401);
    }
    setCookie(context, SESSION_COOKIE, access.session, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: SESSION_SECONDS,
      secure: new URL(context.req.url).protocol === 'https:',
    });
    return context.json({ ok: true });
  });
  app.post('/api/logout', (context) => {
    deleteCookie(context, SESSION_COOKIE, { path: '/' });
    return context.json({ ok: true });
  });
  app.use('/api/*', async (context, next) => {
    const cookie = getCookie(context, SESSION_COOKIE);
    if (!access.allows(cookie, context.req.header('authorization'))) {
      return context.json(bodyOf(dashboardErrors.LOGIN()), 401);
    }
    await next();
    return undefined;
  });
}

function api(app: Hono, parts: DashboardParts): void {
  app.get('/api/panels', (context) => {
    const { host, version } = parts;
    return context.json({ host, version, panels: parts.panels() });
  });
  app.get('/api/openapi.json', async (context) =>
    context.json(openApi(parts.host, parts.version, await parts.describe())),
  );
  app.get('/api/events', (context) =>
    streamSSE(context, async (stream) => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      stream.onAbort(() => end());
      const stop = parts.changes.watch((plugin) => {
        stream.writeSSE({ event: 'changed', data: plugin }).catch(() => end());
      });
      if (stop === undefined) {
        await stream.writeSSE({ event: 'full', data: 'too many watch already' });
        return;
      }
      const beat = setInterval(() => {
        stream.writeSSE({ event: 'beat', data: '' }).catch(() => end());
      }, BEAT_MS);
      await stream.writeSSE({ event: 'beat', data: '' });
      await ended;
      clearInterval(beat);
      stop();
    }),
  );
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

async function file(context: Context, folder: string, name: string): Promise<Response> {
  const path = normalize(join(folder, name));
  const type = TYPES[extname(path)];
  if (type === undefined || !path.startsWith(`${normalize(folder)}${sep}`)) {
    return context.notFound();
  }
  const body = await readFile(path).catch(() => undefined);
  if (body === undefined) return context.notFound();
  const { createHash } = await import('node:crypto');
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  context.header('etag', etag);
  context.header('cache-control', 'no-cache');
  if (context.req.header('if-none-match')?.includes(etag)) return context.body(null, 304);
  return context.body(new Uint8Array(body), 200, { 'content-type': type });
}
