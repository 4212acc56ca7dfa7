/** `ftctl.lock.json`: what is installed on this host, exactly. Written atomically. */
export interface Lockfile {
  readonly lockVersion: 1;
  readonly plugins: Readonly<Record<string, LockedPlugin>>;
}

export interface LockedPlugin {
  /** Name and version of the npm package. */
  readonly package: string;
  readonly version: string;
  /** What the operator named: a package, a folder, a file; for `linked` the working folder. */
  readonly source: string;
  /** `sha512-...` of the tarball; absent when linked. */
  readonly integrity?: string;
  /** Folder of the package: relative to the home, or absolute when linked or shared. */
  readonly folder: string;
  /** True when `plugin link` points at a working folder. */
  readonly linked?: boolean;
  /** ISO 8601. */
  readonly addedAt: string;
}
