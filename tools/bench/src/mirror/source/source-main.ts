import { definePlugin } from '@ftctl/sdk';
import { BenchSource } from './source.ts';

/** The plugin that stands where the scheduler stands. */
export default definePlugin({
  setup(ctx) {
    const source = new BenchSource(ctx);
    return {
      start: () => undefined,
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
      answers: source.answers(),
      commands: { emit: (call) => source.emit(call) },
    };
  },
});
