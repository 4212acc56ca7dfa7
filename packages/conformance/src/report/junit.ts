import type { Result } from '../requirement.ts';
import type { Report } from './report.ts';

/** The report as JUnit XML: a suite, a test case for each requirement. */
export function toJunit(report: Report): string {
  const { results } = report;
  // A SHOULD that is not met is advice: no build is to fail for it.
  const failures = results.filter(isFailure).length;
  const skipped = results.filter((result) => !isFailure(result) && result.status !== 'passed');
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000;
  const attributes = [
    `name="${escapeXml(report.package ?? report.source)}"`,
    `tests="${results.length}"`,
    `failures="${failures}"`,
    `skipped="${skipped.length}"`,
    `time="${seconds.toFixed(3)}"`,
    `timestamp="${report.at}"`,
  ].join(' ');
  const cases = results.map(toCase).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite ${attributes}>\n${cases}\n</testsuite>\n</testsuites>\n`;
}

function toCase(result: Result): string {
  const { id, level, text, status, detail = '', durationMs } = result;
  const name = `name="${escapeXml(`${id} (${level}) ${text}`)}"`;
  const open = `<testcase classname="${escapeXml(id)}" ${name} time="${(durationMs / 1_000).toFixed(3)}"`;
  if (status === 'passed') return `${open}/>`;
  const message = `message="${escapeXml(detail)}"`;
  const inner = isFailure(result) ? `<failure ${message}/>` : `<skipped ${message}/>`;
  return `${open}>${inner}</testcase>`;
}

/** A claimed MUST that was skipped is a failure too. */
function isFailure({ level, status }: Result): boolean {
  return level === 'MUST' && (status === 'failed' || status === 'skipped');
}

/** XML 1.0 has no way to write most control characters. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replace(/[^\u0020-\uFFFD]/g, '?');
}
