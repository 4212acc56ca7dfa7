import type { Logger } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { OFFENCE_LINES, OFFENCE_WINDOW_MS } from './core/limits.ts';
import { Offences } from './offences.ts';

test('lines about offenders are bounded, and those left out are counted', () => {
  let nowMs = 0;
  const neverFires = { cancel: () => undefined };
  const clock = { now: () => 0, monotonic: () => nowMs, setTimer: () => neverFires };
  const lines: { text: string; fields: unknown }[] = [];
  const warn = (text: string, fields: unknown) => lines.push({ text, fields });
  const offences = new Offences(clock, { warn } as unknown as Logger);

  for (let n = 0; n < OFFENCE_LINES + 30; n += 1) offences.report('1.2.3.4:5', 'shouted');
  expect(lines.length).toBe(OFFENCE_LINES);
  expect(lines[0]?.text).toBe('1.2.3.4:5 broke the link protocol: shouted');

  nowMs = OFFENCE_WINDOW_MS;
  offences.report('1.2.3.4:5', 'shouted');
  expect(lines.at(-1)?.fields).toMatchObject({ code: 'FT_LINK_PROTOCOL', unreported: 30 });
});
