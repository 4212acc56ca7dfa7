/** The plugin's config after the host has checked it against `config.schema.json` and filled in defaults. */
export interface Config {
  /** Path of the topology file, the same on all hosts of a network; or what it says. */
  readonly topology: string | Readonly<Record<string, unknown>>;
  /** Which workstation this host is; default: the one whose node it is. */
  readonly workstation?: string;
  /** Path of the plan file; needed on the master: what it says goes with the plan to its full-status agents. */
  readonly plan?: string;
  readonly globalopts: GlobalOptions;
  readonly limits: {
    readonly ownMb: number;
    readonly roadMb: number;
    readonly ftboxMb: number;
    readonly mirrorboxMb: number;
    readonly sinfoniaMb: number;
    readonly archiveMb: number;
  };
  readonly logs: {
    readonly maxAgeDays: number;
    readonly maxMb: number;
  };
  readonly linkTimeoutSeconds: number;
}

export type Flag = 'yes' | 'no';

/** As the field writes them in `globalopts`; the first three are one option. */
export interface GlobalOptions {
  readonly 'enable switch fault tolerance'?: Flag;
  readonly enSwfaultTol?: Flag;
  readonly ENABLESWITCHFT?: 'Y' | 'N';
  readonly classicLinks: Flag;
  readonly replay: 'normal' | 'classic';
}

/** `enable switch fault tolerance`, by any of its names; off unless one says yes. */
export function isSwitchFaultTolerant(options: GlobalOptions): boolean {
  return (
    options['enable switch fault tolerance'] === 'yes' ||
    options.enSwfaultTol === 'yes' ||
    options.ENABLESWITCHFT === 'Y'
  );
}
