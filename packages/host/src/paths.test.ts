import { afterEach, expect, test, vi } from 'vitest';
import { homePaths, resolveHome } from './paths.ts';

afterEach(() => vi.unstubAllEnvs());

test('everything of a host lies in its home, but for the sockets', () => {
  const paths = homePaths('/srv/ft');
  for (const path of [paths.config, paths.lockfile, paths.logs, paths.run, paths.plugins]) {
    expect(path.startsWith('/srv/ft/')).toBe(true);
  }
  expect(paths.store('probe')).toBe('/srv/ft/store/probe');
  expect(paths.socket('host')).not.toContain('/srv/ft');
  expect(homePaths('/srv/other').sockets).not.toBe(paths.sockets);
});

test('a socket path that the system would cut is refused before it is used', () => {
  vi.stubEnv('XDG_RUNTIME_DIR', `/${'x'.repeat(90)}`);
  expect(() => homePaths('/srv/ft').socket('host')).toThrow(/has \d+ bytes, the limit is 100/);
});

test('the home is what the option says, else the environment', () => {
  vi.stubEnv('FTCTL_HOME', '/srv/env');
  expect(resolveHome('/srv/option')).toBe('/srv/option');
  expect(resolveHome()).toBe('/srv/env');
});
