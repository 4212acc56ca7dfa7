import { linkErrors, type PeerName } from '@ftctl/sdk';
import type { DialTarget } from './io/transport.ts';
import type { Directory } from './options.ts';

/**
 * Where a peer is.
 *
 * @throws FtError FT_LINK_UNKNOWN_PEER, FT_LINK_BAD_ADDRESS
 */
export function lookUp(directory: Directory, name: PeerName, plugin: string): DialTarget {
  const { host } = name;
  const plugins = Object.hasOwn(directory, host) ? directory[host] : undefined;
  const entry = plugins && Object.hasOwn(plugins, plugin) ? plugins[plugin] : undefined;
  if (entry === undefined) throw linkErrors.UNKNOWN_PEER({ host, plugin });
  const place = parseAddress(entry, name.port);
  if (place === undefined) throw linkErrors.BAD_ADDRESS({ host, plugin, address: entry });
  return { host, ...place };
}

/** `127.0.0.1:4000`, `[::1]:4000`, `localhost:4000`; without a port when one is given otherwise. */
function parseAddress(
  entry: string,
  otherwise: number | undefined,
): Omit<DialTarget, 'host'> | undefined {
  const match = /^(?:\[(?<six>[0-9a-fA-F:]+)\]|(?<name>[^:[\]\s/]+))(?::(?<port>\d{1,5}))?$/.exec(
    entry,
  );
  const address = match?.groups?.six ?? match?.groups?.name;
  const port = match?.groups?.port === undefined ? otherwise : Number(match.groups.port);
  if (address === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  return { address, port };
}
