import { definePlugin, type Plugin } from '@ftctl/sdk';
import { alertsCommand } from './commands/alerts.ts';
import type { Config } from './config.ts';
import type { ProbeIo } from './io/io.ts';
import { socketIo } from './io/syslog-socket.ts';
import { createObjectServer } from './object-server.ts';
import { createProbe } from './probe.ts';

/** The plugin over a given outside world; the simulated world brings its own. */
export function omnibusProbePeer(io: ProbeIo): Plugin {
  return definePlugin({
    setup(ctx) {
      const config = ctx.config as Config;
      return config.role === 'probe'
        ? createProbe(ctx, config, io)
        : createObjectServer(ctx, config);
    },
    cli: { alerts: alertsCommand },
  });
}

export default omnibusProbePeer(socketIo);
