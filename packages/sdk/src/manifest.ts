import { version } from '../package.json';

/** `ftctl.plugin.json`: what a plugin is, read without running any of its code. */
export interface Manifest {
  readonly manifestVersion: 1;
  /** Short name, unique on a host: lower case, digits and `-`. */
  readonly id: string;
  /** Semver range over the version of `@ftctl/sdk`, the contract. */
  readonly api: string;
  /** ES module inside the package whose default export is made by `definePlugin`. */
  readonly entry: string;
  /** JSON file with the message catalogue, for `ftctl explain`. */
  readonly messages?: string;
  readonly provides?: readonly CapabilityOffer[];
  readonly requires?: readonly CapabilityNeed[];
  readonly config?: ConfigDeclaration;
  /** Present when the plugin accepts links from other hosts. */
  readonly listen?: { readonly defaultPort: number };
  readonly topics?: {
    readonly publishes?: readonly string[];
    /** `plugin/log` of other plugins. */
    readonly reads?: readonly string[];
  };
  readonly commands?: CommandGroup;
  readonly panels?: readonly {
    readonly id: string;
    readonly title: string;
    readonly entry: string;
  }[];
  readonly permissions?: Permissions;
  readonly limits?: Limits;
  readonly state?: {
    readonly version: number;
    /** Oldest plugin version that can read this state. */
    readonly readableBy: string;
  };
  readonly conformance?: { readonly profile: string; readonly features?: readonly string[] };
}

export interface CapabilityOffer {
  /** `name@version`, for example `plan.source@1`. */
  readonly capability: string;
  readonly features?: readonly string[];
}

export interface CapabilityNeed extends CapabilityOffer {
  readonly optional?: boolean;
}

export interface ConfigDeclaration {
  /** JSON Schema 2020-12 file inside the package. */
  readonly schema: string;
  readonly version: number;
  /** JSON pointers of values that are never printed. */
  readonly secrets?: readonly string[];
}

export interface CommandGroup {
  /** First word of all these commands: `ftctl <namespace> <name>`. */
  readonly namespace: string;
  readonly summary?: string;
  readonly list: readonly CommandDeclaration[];
}

export interface CommandDeclaration {
  readonly name: string;
  /** Other words for it: short forms. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** `plugin`: in the plugin's process. `cli`: in a short process of its own, store read-only. */
  readonly runs: 'plugin' | 'cli';
  readonly arguments?: readonly {
    readonly name: string;
    readonly summary: string;
    readonly optional?: boolean;
    readonly variadic?: boolean;
  }[];
  readonly options?: readonly {
    /** For example `--all` or `--limit <n>`. */
    readonly flags: string;
    readonly summary: string;
    readonly default?: string;
  }[];
}

export interface Permissions {
  /** Folders outside its own that it reads or writes. */
  readonly paths?: readonly { readonly path: string; readonly access: 'read' | 'write' }[];
  /** Programs that it starts. */
  readonly childProcesses?: readonly string[];
  /** Environment variables that it sees. */
  readonly environment?: readonly string[];
  /** What it listens on or connects to, in words; shown, not enforced. */
  readonly network?: readonly string[];
}

export interface Limits {
  /** Default 10,000. */
  readonly startMs?: number;
  /** How long `stop()` may take before the process is killed. Default 10,000. */
  readonly drainMs?: number;
  /** Crashes within `windowMs` that lead to quarantine. Defaults 3 in 300,000. */
  readonly restarts?: { readonly count: number; readonly windowMs: number };
  readonly memoryMb?: number;
}

export const DEFAULT_LIMITS = {
  startMs: 10_000,
  drainMs: 10_000,
  restarts: { count: 3, windowMs: 300_000 },
} as const satisfies Limits;

/** Version of the contract: that of this package; a manifest's `api` is a range over it. */
export const API_VERSION: string = version;
