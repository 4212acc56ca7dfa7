import { describe, expect, it } from 'vitest';
import { applyRules, identityText } from './rules.ts';
import type { SyslogMessage } from './syslog.ts';

const message: SyslogMessage = {
  facility: 10,
  severity: 3,
  host: 'combo',
  program: 'sshd(pam_unix)',
  pid: '19939',
  text: 'authentication failure; rhost=218.188.2.4 \u0007',
  stampMs: 1,
};

describe('applyRules', () => {
  it('sets the fields of the alert table', () => {
    expect(applyRules(message, '10.0.0.1')).toEqual({
      Identifier: 'combo sshd(pam_unix) authentication failure; rhost=#.#.#.# 4',
      Node: 'combo',
      Manager: 'syslog probe',
      AlertGroup: 'sshd(pam_unix)',
      AlertKey: 'authentication failure; rhost=#.#.#.#',
      Severity: 4,
      Summary: 'authentication failure; rhost=218.188.2.4',
    });
  });

  it('names the sender and the program where the message does not', () => {
    const fields = applyRules({ facility: 1, severity: 6, text: 'x' }, '10.0.0.1');
    expect(fields).toMatchObject({ Node: '10.0.0.1', AlertGroup: 'syslog', Severity: 1 });
  });

  it('never makes an Identifier longer than the column', () => {
    const long = 'x'.repeat(1_000);
    const fields = applyRules({ ...message, host: long, program: long, text: long }, '');
    expect(fields.Identifier.length).toBeLessThanOrEqual(255);
  });
});

describe('identityText', () => {
  it('leaves the time stamp out and keeps all else', () => {
    expect(identityText({ ...message, stampMs: 2 }, '')).toBe(identityText(message, ''));
    expect(identityText({ ...message, pid: '1' }, '')).not.toBe(identityText(message, ''));
    expect(identityText({ ...message, text: '' }, '')).not.toBe(identityText(message, ''));
  });
});
