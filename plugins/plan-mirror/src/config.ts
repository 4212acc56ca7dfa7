/** The plugin's config after the host has checked it against `config.schema.json` and filled in defaults. */
export interface Config {
  readonly database: {
    readonly kind: 'sqlite' | 'postgres';
    /** SQLite: default `mirror.db` among the plugin's own files. */
    readonly path?: string;
    /** PostgreSQL: always there for that kind. Holds a password. */
    readonly url?: string;
    readonly schema: string;
  };
  /** Sub-lanes that take jobs and streams side by side. */
  readonly lanes: number;
  /** Compares the database with each new plan. */
  readonly checkNewPlans: boolean;
  /** How long states of jobs are kept. */
  readonly historyDays: number;
}
