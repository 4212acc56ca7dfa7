/** `ftctl.yaml` after validation, defaults filled in. */
export interface HostConfig {
  /** This host's name, as its peers know it: lower case, digits, `.` and `-`. */
  readonly host: string;
  /** Address on which plugins accept links. Default 127.0.0.1; anything beyond loopback needs a certificate. */
  readonly listen: string;
  readonly ca: CaConfig;
  /** How often the list of revoked certificates is fetched. Default 30,000. */
  readonly tls: { readonly revocationIntervalMs: number };
  /** Where `/metrics`, `/healthz` and `/readyz` are served, on loopback. Port 0: the system chooses. */
  readonly metrics: { readonly enabled: boolean; readonly port: number };
  readonly dashboard: DashboardConfig;
  readonly log: { readonly level: LogLevel; readonly maxBytes: number; readonly keep: number };
  /** Where plugins are on other hosts: host name, plugin id, `address:port`. */
  readonly directory: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly plugins: Readonly<Record<string, PluginConfig>>;
}

/** The CA of the site: where it is served, on its own host, and where others reach it. */
export interface CaConfig {
  /** `address:port` on which the CA's host serves it. Port 0: the system chooses. */
  readonly listen?: string;
  /** `address:port` under which this host reaches it, and that tokens carry, when it is another one. */
  readonly address?: string;
}

/** The web page of this host. */
export interface DashboardConfig {
  readonly enabled: boolean;
  /** `address:port`. Default `127.0.0.1:0`: the system chooses; beyond loopback TLS is used. */
  readonly listen: string;
  /** Beyond loopback: whoever looks shows a certificate of the site, beside the token. Default true. */
  readonly clientCertificates: boolean;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface PluginConfig {
  readonly enabled: boolean;
  /** Port for links; without it the manifest's default; 0: the system chooses. */
  readonly port?: number;
  /** The plugin's own part, checked against its schema. */
  readonly config: Readonly<Record<string, unknown>>;
}
