/**
 * Syslog messages: RFC 5424, and RFC 3164 as real senders write it (also without
 * priority, without time stamp or without tag). Nothing that a sender writes is
 * refused: what cannot be read as a header is part of the text.
 */
export interface SyslogMessage {
  readonly facility: number;
  /** 0 emergency to 7 debug. */
  readonly severity: number;
  /** As the sender names itself. */
  readonly host?: string;
  /** TAG (RFC 3164) or APP-NAME (RFC 5424). */
  readonly program?: string;
  readonly pid?: string;
  readonly messageId?: string;
  /** STRUCTURED-DATA without its `timeQuality` element, which tells of the clock, not of the event. */
  readonly structuredData?: string;
  readonly text: string;
  /** When the sender says it happened: milliseconds since 1970 UTC. */
  readonly stampMs?: number;
}

/** What the reader of a message knows and the message does not say. */
export interface Reception {
  /** Milliseconds since 1970 UTC: decides the year that RFC 3164 leaves out. */
  readonly receivedAtMs: number;
  /** Minutes east of UTC: RFC 3164 stamps are local time. */
  readonly utcOffsetMinutes: number;
}

/** Facility user, severity notice: RFC 3164, section 4.3.3, for messages without priority. */
const DEFAULT_PRIORITY = 13;
const MAX_PRIORITY = 191;

/** Reads one message. Never throws. */
export function parseSyslog(source: string, reception: Reception): SyslogMessage {
  const { priority, rest } = takePriority(source);
  const common = { facility: priority >> 3, severity: priority & 7 };
  const modern = rest.startsWith('1 ') ? parseRfc5424(rest.slice(2)) : undefined;
  return { ...common, ...(modern ?? parseRfc3164(rest, reception)) };
}

type Body = Omit<SyslogMessage, 'facility' | 'severity'>;

function takePriority(source: string): { priority: number; rest: string } {
  const match = /^<(\d{1,3})>/.exec(source);
  const priority = Number(match?.[1] ?? Number.NaN);
  if (match === null || !(priority <= MAX_PRIORITY)) {
    return { priority: DEFAULT_PRIORITY, rest: source };
  }
  return { priority, rest: source.slice(match[0].length) };
}

const RFC5424 =
  /^(\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: ([\s\S]*))?$/;
const TIME_QUALITY = /\[timeQuality(?: (?:[^\]\\]|\\.)*)?\]/;
const BYTE_ORDER_MARK = '\uFEFF';

function parseRfc5424(source: string): Body | undefined {
  const match = RFC5424.exec(source);
  if (match === null) return undefined;
  const [, stamp = '-', host, program, pid, messageId, data = '-', text = ''] = match;
  const stampMs = stamp === '-' ? Number.NaN : Date.parse(stamp);
  if (stamp !== '-' && Number.isNaN(stampMs)) return undefined;
  const structured = data.replace(TIME_QUALITY, '');
  return {
    ...present('host', host),
    ...present('program', program),
    ...present('pid', pid),
    ...present('messageId', messageId),
    ...present('structuredData', structured === '' ? '-' : structured),
    ...(Number.isNaN(stampMs) ? {} : { stampMs }),
    text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text,
  };
}

/** RFC 5424 writes `-` for what is not known. */
function present<Name extends string>(name: Name, value: string | undefined) {
  return value === undefined || value === '-' ? {} : ({ [name]: value } as Record<Name, string>);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BSD_STAMP = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) /;
const ISO_STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) /;
const TAG = /^([^\s[\]:]{1,64})(?:\[([^\]\s]{0,64})\])?:?(?: |$)/;

function parseRfc3164(source: string, reception: Reception): Body {
  const stamp = takeStamp(source, reception);
  if (stamp === undefined) return { text: source };
  const [, host = '', afterHost = ''] = /^(\S{1,255})(?: ([\s\S]*))?$/.exec(stamp.rest) ?? [];
  if (host === '') return { text: stamp.rest, stampMs: stamp.stampMs };
  const tag = TAG.exec(afterHost);
  return {
    host,
    stampMs: stamp.stampMs,
    ...(tag?.[1] === undefined ? {} : { program: tag[1] }),
    ...(tag?.[2] === undefined ? {} : { pid: tag[2] }),
    text: tag === null ? afterHost : afterHost.slice(tag[0].length),
  };
}

function takeStamp(
  source: string,
  reception: Reception,
): { stampMs: number; rest: string } | undefined {
  const iso = ISO_STAMP.exec(source);
  if (iso?.[1] !== undefined) {
    return { stampMs: Date.parse(iso[1]), rest: source.slice(iso[0].length) };
  }
  const bsd = BSD_STAMP.exec(source);
  const month = MONTHS.indexOf(bsd?.[1] ?? '');
  if (bsd === null || month < 0) return undefined;
  const [day, hour, minute, second] = bsd.slice(2).map(Number) as [number, number, number, number];
  const year = new Date(reception.receivedAtMs).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map(
    (candidate) =>
      Date.UTC(candidate, month, day, hour, minute, second) - reception.utcOffsetMinutes * 60_000,
  );
  const distance = (candidate: number) => Math.abs(candidate - reception.receivedAtMs);
  const stampMs = candidates.reduce((best, next) =>
    distance(next) < distance(best) ? next : best,
  );
  return { stampMs, rest: source.slice(bsd[0].length) };
}
