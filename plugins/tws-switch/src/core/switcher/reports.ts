import { grantedElsewhereMs } from './grants.ts';
import type { MessageOf } from './messages.ts';
import { ASK_MS } from './timings.ts';
import { highest, isFresh, others, type Turn } from './turn.ts';
import type { Report } from './types.ts';

/** Asking the others what they know: before a claim, in isolation, and after a store was lost. */

/** At most once each `ASK_MS`; the answers come as `report`. */
export function ask(turn: Turn): void {
  const { state, nowMs } = turn;
  if (nowMs - state.askedMs < ASK_MS) return;
  state.askedMs = nowMs;
  for (const to of others(turn)) turn.send(to, { kind: 'ask', life: state.life, atMs: nowMs });
}

export function onAsk(turn: Turn, from: string, { life, atMs }: MessageOf<'ask'>): void {
  const { row, state } = turn;
  turn.send(from, {
    kind: 'report',
    life,
    atMs,
    ...(row.promised === undefined ? {} : { promised: row.promised }),
    learned: row.learned,
    fresh: isFresh(turn),
    waitMs: grantedElsewhereMs(turn, from),
    claiming: state.claim !== undefined,
  });
}

export function onReport(turn: Turn, from: string, message: MessageOf<'report'>): void {
  const { state, nowMs } = turn;
  const { epoch, promised, learned, fresh, claiming, waitMs, life, atMs } = message;
  if (life !== state.life || atMs > nowMs || !others(turn).includes(from)) return;
  const before = state.reports[from];
  if (before !== undefined && atMs < before.askedMs) return;
  const report: Report = {
    epoch,
    ...(promised === undefined ? {} : { promised }),
    learned,
    fresh,
    claiming,
    dueMs: waitMs > 0 ? nowMs + waitMs : Math.min(nowMs, before?.dueMs ?? nowMs),
    askedMs: atMs,
    receivedMs: nowMs,
  };
  state.reports = { ...state.reports, [from]: report };
}

/** The answer of `name` to a question asked from `fromMs` on. */
export function reportOf({ state }: Turn, name: string, fromMs: number): Report | undefined {
  const report = state.reports[name];
  return report !== undefined && report.askedMs >= fromMs ? report : undefined;
}

/** Highest number that this workstation has heard of in any way. */
export function highestNumber(turn: Turn): number {
  let number = Math.max(highest(turn.row).number, turn.row.claimed);
  for (const { epoch, promised } of Object.values(turn.state.reports)) {
    number = Math.max(number, epoch.number, promised?.number ?? 0);
  }
  return number;
}
