import { describe, expect, it } from 'vitest';
import { parseSyslog } from './syslog.ts';

const reception = { receivedAtMs: Date.UTC(2026, 10, 21, 22, 0, 0), utcOffsetMinutes: 0 };
const parse = (source: string) => parseSyslog(source, reception);

describe('RFC 3164', () => {
  it('reads what logger sends', () => {
    expect(parse('<13>Nov 21 21:50:01 vm root: hello one')).toEqual({
      facility: 1,
      severity: 5,
      host: 'vm',
      program: 'root',
      text: 'hello one',
      stampMs: Date.UTC(2026, 10, 21, 21, 50, 1),
    });
  });

  it('reads real lines without priority, with a pid and odd program names', () => {
    const message = parse(
      'Jun  4 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 ',
    );
    expect(message).toMatchObject({
      facility: 1,
      severity: 5,
      host: 'combo',
      program: 'sshd(pam_unix)',
      pid: '19939',
      text: 'authentication failure; logname= uid=0 ',
    });
    expect(parse('Jul 27 14:42:00 combo kernel: isapnp: No device')).toMatchObject({
      program: 'kernel',
      text: 'isapnp: No device',
    });
  });

  it('takes the year that brings the stamp nearest to the reception', () => {
    const newYear = { receivedAtMs: Date.UTC(2027, 0, 1, 0, 0, 5), utcOffsetMinutes: 0 };
    const message = parseSyslog('<13>Dec 31 23:59:59 vm a: b', newYear);
    expect(message.stampMs).toBe(Date.UTC(2026, 11, 31, 23, 59, 59));
  });

  it('takes the stamp for local time', () => {
    const message = parseSyslog('<13>Nov 21 23:00:00 vm a: b', {
      ...reception,
      utcOffsetMinutes: 60,
    });
    expect(message.stampMs).toBe(Date.UTC(2026, 10, 21, 22, 0, 0));
  });

  it.each([
    ['', { facility: 1, severity: 5, text: '' }],
    ['just text', { facility: 1, severity: 5, text: 'just text' }],
    ['<165>just text', { facility: 20, severity: 5, text: 'just text' }],
    ['<999>just text', { facility: 1, severity: 5, text: '<999>just text' }],
    ['<13>Nov 21 21:50:01 ', { facility: 1, severity: 5, text: '' }],
  ])('makes text of what is no header: %j', (source, expected) => {
    expect(parse(source)).toMatchObject(expected);
  });
});

describe('RFC 5424', () => {
  it('reads what logger sends and leaves timeQuality out', () => {
    const source =
      '<13>1 2026-11-21T22:14:05.223490+00:00 vm combo - - [timeQuality tzKnown="1" isSynced="0"] five';
    expect(parse(source)).toEqual({
      facility: 1,
      severity: 5,
      host: 'vm',
      program: 'combo',
      text: 'five',
      stampMs: Date.UTC(2026, 10, 21, 22, 14, 5, 223),
    });
  });

  it('keeps other structured data, process and message id', () => {
    const source =
      '<165>1 2003-10-11T22:14:15.003Z mymachine evntslog 77 ID47 [ex@32473 iut="3" a="x\\]y"][b c="1"] \uFEFFAn event';
    expect(parse(source)).toMatchObject({
      facility: 20,
      severity: 5,
      program: 'evntslog',
      pid: '77',
      messageId: 'ID47',
      structuredData: '[ex@32473 iut="3" a="x\\]y"][b c="1"]',
      text: 'An event',
    });
  });

  it('reads a message of nil values without text', () => {
    expect(parse('<0>1 - - - - - -')).toEqual({ facility: 0, severity: 0, text: '' });
  });

  it('falls back to text where the header is broken', () => {
    expect(parse('<13>1 not-a-time vm a - - - text')).toMatchObject({
      text: '1 not-a-time vm a - - - text',
    });
  });
});
