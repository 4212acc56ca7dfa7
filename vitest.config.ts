import { defineConfig } from 'vitest/config';

const ignored = [
  '**/node_modules/**',
  '**/dist/**',
  'test/newcomer/**',
  'test/fixtures/**',
  'test/lint/fixtures/**',
];

/**
 * Two projects: `unit` runs files in parallel; `process` holds the files that
 * start real processes (`*.process.test.ts`) and runs them one at a time, so
 * that two cores are enough and timing rules can be asserted.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{packages,plugins,tools}/*/{src,test}/**/*.test.{ts,mjs}',
            'test/**/*.test.ts',
          ],
          exclude: [...ignored, '**/*.process.test.{ts,mjs}'],
          // Vitest leaves one core to itself: of two, that would be half.
          maxWorkers: '100%',
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'process',
          include: [
            '{packages,plugins,tools}/*/{src,test}/**/*.process.test.{ts,mjs}',
            'test/**/*.process.test.ts',
          ],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
