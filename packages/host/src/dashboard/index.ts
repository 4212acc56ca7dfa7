export { readToken, tokenFile } from './token.ts';
