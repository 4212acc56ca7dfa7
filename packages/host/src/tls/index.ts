/** The site of a host: its CA, tokens, joining. What `ftctl ca` and `ftctl join` do, and the lab. */

export { hasJoined } from '@ftctl/pki/credentials';
export { joinHost } from './join-host.ts';
export { type MadeToken, mintToken } from './mint-token.ts';
export { type MadeCa, setUpCa } from './set-up-ca.ts';
