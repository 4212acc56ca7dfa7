import { isFtError } from '@ftctl/sdk';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from './definition.ts';

const GOOD = `
plugins:
  echo: ./plugins/echo
  packed: packed-1.0.0.tgz
  named: "@ftctl/plugin-named@^1"
hosts:
  a:
    plugins:
      echo: { peer: b }
      named:
  b:
`;

function refusal(text: string): string {
  try {
    parseDefinition(text, '/labs/net.yaml');
  } catch (error) {
    if (isFtError(error, 'FT_LAB_FILE')) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a lab file', () => {
  it('names hosts, their plugins and where these come from', () => {
    expect(parseDefinition(GOOD, '/labs/net.yaml')).toEqual({
      relay: true,
      plugins: {
        echo: '/labs/plugins/echo',
        packed: '/labs/packed-1.0.0.tgz',
        named: '@ftctl/plugin-named@^1',
      },
      hosts: { a: { plugins: { echo: { peer: 'b' }, named: {} } }, b: { plugins: {} } },
    });
  });

  it.each([
    ['hosts: [', 'line 1'],
    ['- a', 'the file: must be a mapping'],
    ['hosts: {}', 'hosts: must name at least one host'],
    ['{}', 'hosts: must be a mapping'],
    ['hosts: { A: }', 'hosts.A: is not a host name'],
    ['host: { a: }', 'host: is not known here; known are relay, tls, plugins, hosts'],
    ['hosts: { a: { port: 1 } }', 'hosts.a.port: is not known here; known are plugins'],
    ['hosts: { a: { plugins: { x: } } }', 'hosts.a.plugins.x: has no source'],
    ['plugins: { x: 1 }\nhosts: { a: }', 'plugins.x: must be a folder'],
    ['plugins: { x: ./x }\nhosts: { a: { plugins: { x: 5 } } }', 'hosts.a.plugins.x: must be'],
    ['relay: maybe\nhosts: { a: }', 'relay: must be true or false'],
    ['tls: b\nhosts: { a: }', 'tls: must be true, false or the name of a host'],
    ['hosts: { a: }\nhosts: { b: }', 'line 2'],
  ])('%s is refused', (text, why) => {
    expect(refusal(text)).toContain(`/labs/net.yaml: ${why}`);
  });

  it('says which host has the CA', () => {
    const caOf = (text: string) => parseDefinition(text, 'f').tls;
    expect(caOf('tls: true\nhosts: { a: , b: }')).toBe('a');
    expect(caOf('tls: b\nhosts: { a: , b: }')).toBe('b');
    expect(caOf('tls: false\nhosts: { a: , b: }')).toBeUndefined();
  });

  it('has a limit of hosts', () => {
    const names = Array.from({ length: 65 }, (_, i) => `h${i}:`).join(', ');
    expect(refusal(`hosts: { ${names} }`)).toContain('has 65, the limit is 64');
  });
});
