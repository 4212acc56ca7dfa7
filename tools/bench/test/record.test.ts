import { expect, it } from 'vitest';
import { withSection } from '../src/record.ts';

const page = '# Benchmarks\n\nIn words.\n\n## events\n\nold events\n\n## host\n\nold host\n';

it('replaces the section of one benchmark and leaves the others', () => {
  expect(withSection(page, 'events', '## events\n\nnew events')).toBe(
    '# Benchmarks\n\nIn words.\n\n## events\n\nnew events\n\n## host\n\nold host\n',
  );
});

it('adds a section that was not there', () => {
  expect(withSection(page, 'mirror', '## mirror\n\nfirst')).toBe(`${page}\n## mirror\n\nfirst\n`);
});
