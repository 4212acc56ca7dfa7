import { definePlugin, type Plugin } from '@ftctl/sdk';
import { planCommands } from './commands/index.ts';
import type { Config } from './config.ts';
import type { MirrorIo } from './io/io.ts';
import { realIo } from './io/io-real.ts';
import { Mirror } from './mirror.ts';
import { planViews } from './views/index.ts';

/** The plugin over a given outside world; the simulated world brings its own. */
export function planMirror(io: MirrorIo): Plugin {
  return definePlugin({
    setup(ctx) {
      const mirror = new Mirror(ctx, ctx.config as Config, io);
      return {
        start: () => mirror.start(),
        stop: () => mirror.stop(),
        health: () => mirror.health(),
        commands: planCommands(mirror, ctx),
        views: planViews(mirror, ctx),
      };
    },
  });
}

export default planMirror(realIo);
