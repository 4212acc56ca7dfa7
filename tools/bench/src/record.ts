import type { Benchmark, Report } from './benchmark.ts';
import { toTable } from './report.ts';

/** Names of the context that the heading line tells already. */
const TOLD = new Set(['takenAt', 'node', 'system', 'cpu', 'cores', 'memoryGb', 'commit']);

/** What `docs/benchmarks.md` keeps of a run. `flags` made it; `plots` are names of files in `docs/plots`. */
export function toSection(
  benchmark: Benchmark,
  report: Report,
  { flags = '', plots = [] }: { readonly flags?: string; readonly plots?: readonly string[] } = {},
): string {
  const { context } = report;
  const rest = Object.fromEntries(Object.entries(context).filter(([name]) => !TOLD.has(name)));
  return [
    `## ${benchmark.name}`,
    `\`npm run bench -- ${benchmark.name}${flags}\`, taken ${String(context.takenAt).slice(0, 10)} on Node ` +
      `${context.node}, ${context.system}, ${context.cpu}, ${context.cores} cores, ${context.memoryGb} GB.`,
    `\`\`\`text\n${toTable(benchmark, report)}\n\`\`\``,
    ...plots.map((name) => `![${name.replace(/\.svg$/, '').replaceAll('-', ' ')}](plots/${name})`),
    `\`\`\`json\n${JSON.stringify(rest, null, 2)}\n\`\`\``,
  ].join('\n\n');
}

/** The page with one benchmark's section replaced, or added at the end. */
export function withSection(page: string, name: string, section: string): string {
  const sections = page.trimEnd().split(/\n+(?=## )/);
  const at = sections.findIndex((one) => one.startsWith(`## ${name}\n`));
  if (at < 0) sections.push(section);
  else sections[at] = section;
  return `${sections.join('\n\n')}\n`;
}
