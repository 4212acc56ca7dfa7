import { describe, expect, test } from 'vitest';
import { type AdmissionState, admit, depart, NOBODY_KNOWN } from './admission.ts';
import type { Hello } from './control-frames.ts';
import { MAX_KNOWN_PEERS } from './limits.ts';

const self = { host: 'b', plugin: 'probe' };
const hello: Hello = {
  type: 'hello',
  minVersion: 1,
  maxVersion: 1,
  lane: 'data',
  host: 'a',
  plugin: 'probe',
  toHost: 'b',
  toPlugin: 'probe',
  incarnation: '0'.repeat(32),
  epoch: 5,
  attempt: 3,
};

function knowing(first: Hello, connection = 1): AdmissionState {
  return admit(self, NOBODY_KNOWN, first, connection).state;
}

function verdict(state: AdmissionState, next: Hello, connection = 2): string {
  const { admission } = admit(self, state, next, connection);
  if (admission.kind === 'refuse') return admission.error.message;
  return admission.replaces === undefined ? 'accept' : `accept for ${admission.replaces}`;
}

describe('admission', () => {
  test('a peer that means us is accepted, in the highest version of both', () => {
    const later = { ...hello, maxVersion: 4 };
    expect(admit(self, NOBODY_KNOWN, later, 1).admission).toEqual({ kind: 'accept', version: 1 });
  });

  test('a peer has to be the host that its certificate proves', () => {
    expect(admit(self, NOBODY_KNOWN, hello, 1, 'a').admission).toMatchObject({ kind: 'accept' });
    const { state, admission } = admit(self, knowing(hello), hello, 2, 'mallory');
    expect(admission).toMatchObject({ kind: 'refuse', isOffence: true });
    expect(String(admission.kind === 'refuse' && admission.error.message)).toMatch(
      /says that it is a, its certificate is of mallory/,
    );
    // And the one that it pretended to be keeps its connection.
    expect(state).toEqual(knowing(hello));
  });

  test.each([
    ['another version', { minVersion: 2, maxVersion: 3 }, /protocol 1 to 1, the caller 2 to 3/],
    ['another host', { toHost: 'x' }, /wanted x\/probe/],
    ['another plugin', { toPlugin: 'x' }, /wanted b\/x/],
    ['our own name', { host: 'b' }, /same name, b\/probe/],
  ])('%s is refused with the reason', (_, change, text) => {
    expect(verdict(NOBODY_KNOWN, { ...hello, ...change })).toMatch(text);
  });

  test('another plugin of the same host is no loop', () => {
    expect(verdict(NOBODY_KNOWN, { ...hello, host: 'b', plugin: 'other' })).toBe('accept');
  });

  test.each([
    ['a later attempt', { attempt: 4 }, 'accept for 1'],
    ['a later start', { epoch: 6, attempt: 1 }, 'accept for 1'],
    ['a new store', { incarnation: '1'.repeat(32), epoch: 1, attempt: 1 }, 'accept for 1'],
    ['the other lane', { lane: 'beat', attempt: 1 } as const, 'accept'],
    ['another plugin', { plugin: 'other', attempt: 1 }, 'accept'],
  ])('%s is accepted', (_, change, expected) => {
    expect(verdict(knowing(hello), { ...hello, ...change })).toBe(expected);
  });

  test.each([
    ['the same once more', {}],
    ['an earlier attempt', { attempt: 2 }],
    ['an earlier start', { epoch: 4, attempt: 9 }],
  ])('%s is refused, even after the newer one has gone', (_, change) => {
    const older = { ...hello, ...change };
    const known = knowing(hello);
    expect(verdict(known, older)).toMatch(/newer connection/);
    expect(verdict(depart(known, hello, 1), older)).toMatch(/newer connection/);
  });

  test('a connection that has gone is not replaced', () => {
    const state = depart(knowing(hello), hello, 1);
    expect(verdict(state, { ...hello, attempt: 4 })).toBe('accept');
  });

  test('the end of a replaced connection does not forget its successor', () => {
    const next = { ...hello, attempt: 4 };
    const state = depart(admit(self, knowing(hello), next, 2).state, hello, 1);
    expect(verdict(state, { ...hello, attempt: 5 }, 3)).toBe('accept for 2');
  });

  test('a crowd of peers is forgotten but for the last ones, and never one that is connected', () => {
    let state = knowing(hello, 1);
    for (let n = 0; n < MAX_KNOWN_PEERS + 10; n += 1) {
      const other = { ...hello, host: `h${n}` };
      state = depart(admit(self, state, other, n + 2).state, other, n + 2);
    }
    expect(state.known.size).toBe(MAX_KNOWN_PEERS);
    expect(verdict(state, hello)).toMatch(/newer connection/);
  });
});
