/** `address:port` or `[ipv6]:port` in its parts. */
export function splitService(text: string): { readonly address: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return {
    address: text.slice(0, at).replace(/^\[|\]$/g, ''),
    port: Number(text.slice(at + 1)),
  };
}

/** True for an address that means "all of this machine's", which no other host can dial. */
export function isWildcard(text: string): boolean {
  const { address, port } = splitService(text);
  return ['0.0.0.0', '::', '*'].includes(address) || port === 0;
}
