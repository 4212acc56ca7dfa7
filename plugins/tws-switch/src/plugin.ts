import { definePlugin, type Plugin } from '@ftctl/sdk';
import { importCommand } from './commands/import.ts';
import { tws } from './commands/index.ts';
import type { Config } from './config.ts';
import { realIo } from './io/files.ts';
import type { TwsIo } from './io/io.ts';
import { sourceAnswers } from './source/plan-source.ts';
import { Station } from './station.ts';
import { twsViews } from './views/index.ts';
import type { Workstation } from './workstation.ts';

/**
 * The plugin over a given outside world; the simulated world brings its own.
 *
 * @param onOpen called with each new life of the workstation, for scripts that act in its name
 */
export function twsSwitch(io: TwsIo, onOpen?: (workstation: Workstation) => void): Plugin {
  return definePlugin({
    setup(ctx) {
      const station = new Station(ctx, ctx.config as Config, io, onOpen);
      return {
        start: () => station.start(),
        stop: () => station.stop(),
        health: () => station.health(),
        commands: tws(station),
        answers: sourceAnswers(() => station.source),
        views: twsViews(station),
      };
    },
    cli: { import: (ctx) => importCommand(ctx, io) },
  });
}

export default twsSwitch(realIo);
