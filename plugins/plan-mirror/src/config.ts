/** The plugin's config after the host has checked it against `config.schema.json` and filled in defaults. */
export interface Config {
  readonly database: {
    readonly kind: 'sqlite';
    /** Default: `mirror.db` among the plugin's own files. */
    readonly path?: string;
  };
  /** Sub-lanes that take jobs and streams side by side. */
  readonly lanes: number;
}
