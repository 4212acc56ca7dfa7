import type { Result } from '../requirement.ts';
import type { Report } from './report.ts';

const MARKS: Readonly<Record<Result['status'], string>> = {
  passed: 'ok',
  failed: 'FAILED',
  skipped: 'SKIPPED',
  'not-claimed': '-',
};

const ID_WIDTH = 22;
const MARK_WIDTH = 8;

/** One result as a line, with what was found below it. */
export function formatResult({ id, level, text, status, detail }: Result): string {
  const line = `${MARKS[status].padEnd(MARK_WIDTH)}${id.padEnd(ID_WIDTH)}${level.padEnd(8)}${text}`;
  const isWrong = status === 'failed' || status === 'skipped';
  return isWrong && detail ? `${line}\n${' '.repeat(MARK_WIDTH)}${detail}` : line;
}

/** The last lines: what it all comes to. */
export function formatVerdict({ verdict, package: name, version, source, seed }: Report): string {
  const subject = name === undefined ? source : `${name}@${version}`;
  const { conforms, passed, failed, skipped, advised } = verdict;
  const counts = [
    `${passed} passed`,
    `${failed.length} failed`,
    `${skipped.length} skipped`,
    `${advised.length} advised`,
  ].join(', ');
  const lines = [`${subject} ${conforms ? 'conforms' : 'DOES NOT CONFORM'}: ${counts}`];
  if (failed.length > 0) lines.push(`failed: ${failed.join(', ')}`);
  if (skipped.length > 0) lines.push(`claimed and not tested: ${skipped.join(', ')}`);
  if (advised.length > 0) lines.push(`better if met: ${advised.join(', ')}`);
  if (!conforms && seed !== undefined) lines.push(`again with the same chance: --seed ${seed}`);
  return lines.join('\n');
}
