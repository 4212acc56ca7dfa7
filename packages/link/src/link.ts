import type { Link } from '@ftctl/sdk';
import { Acceptor } from './acceptor.ts';
import type { LinkContext } from './context.ts';
import { lookUp } from './directory.ts';
import { nextEpoch } from './epoch.ts';
import { wsNetwork } from './io/ws-network.ts';
import { Offences } from './offences.ts';
import { DEFAULT_TIMING, type LinkOptions } from './options.ts';
import { PluginLink } from './plugin-link.ts';
import { Positions } from './positions.ts';

/** A link and its life. Peers are reached, and reach it, between `start` and `stop`. */
export interface LinkService {
  /** What the plugin is handed. */
  readonly link: Link;
  /**
   * Binds the port and begins to connect; gives the port, when it listens.
   *
   * @throws FtError FT_LINK_NOT_LOOPBACK, FT_LINK_LISTEN, or an error of the store
   */
  start(): Promise<number | undefined>;
  /** Ends all connections and waits for commits under way. Works before `start` and twice. */
  stop(): Promise<void>;
}

/** Makes the link of one plugin on one host. Nothing happens before `start`. */
export function createLink(options: LinkOptions): LinkService {
  const { clock, credentials, directory, listen, log, random, self, store } = options;
  const context: LinkContext = {
    self,
    store,
    clock,
    log,
    random,
    timing: { ...DEFAULT_TIMING, ...options.timing },
    network: options.network ?? wsNetwork(clock, credentials),
    peerOffences: new Offences(clock, log),
    strangerOffences: new Offences(clock, log),
    commits: new Set(),
  };
  const link = new PluginLink(context, (name, plugin) => lookUp(directory, name, plugin));
  const acceptor = new Acceptor(context, link.offers, new Positions(store));

  return {
    link,
    async start() {
      const epoch = await nextEpoch(store);
      const port =
        listen === undefined ? undefined : await acceptor.listen(listen.address, listen.port);
      link.start(epoch);
      return port;
    },
    async stop() {
      link.stop();
      await acceptor.stop();
      // What settles may begin another commit, of a cursor that lags.
      while (context.commits.size > 0) await Promise.allSettled(context.commits);
      context.network.close?.();
    },
  };
}
