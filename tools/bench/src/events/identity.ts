/** What a host proves itself with, all PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
}
