/** A host's credentials alone, light to load: what every plugin process needs. */

export { pkiErrors } from '../errors.ts';
export {
  type Credentials,
  type CredentialsSummary,
  credentialFiles,
  hasJoined,
  readCredentials,
  type SiteFile,
  summarise,
  writeCredentials,
} from './files.ts';
export { type CredentialsSource, openCredentials, type SourceOptions } from './source.ts';
