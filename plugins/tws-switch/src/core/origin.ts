import type { MessageIdentity } from '@ftctl/plan';

/** Name of an origin in an event counter: `FTA1A/1.ab12cd34`, workstation and incarnation. */
export function originOf({ ws, inc, nonce }: Omit<MessageIdentity, 'id'>): string {
  return `${ws}/${inc}.${nonce}`;
}

/** The parts of such a name. Undefined when it is none. */
export function parseOrigin(
  origin: string,
): { readonly ws: string; readonly inc: number; readonly nonce: string } | undefined {
  const match = /^([^/]+)\/(\d+)\.([0-9a-f]{8})$/.exec(origin);
  if (match === null) return undefined;
  const [, ws = '', inc = '', nonce = ''] = match;
  return { ws, inc: Number(inc), nonce };
}
