export { dashboardErrors } from './errors.ts';
export { readToken, tokenFile } from './token.ts';
