/** One benchmark: what it measures, and how. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** What each figure says and what it should reach, for people. */
  readonly figures: Readonly<Record<string, FigureInfo>>;
  /** Takes all figures in one run. `progress` gets a line for people now and then. */
  measure(progress: (line: string) => void, options: MeasureOptions): Promise<Measurement>;
}

export interface MeasureOptions {
  /** Also measure what the plots show, where the benchmark has some; takes longer. */
  readonly plots: boolean;
  /** Minutes to go on for, where the benchmark watches memory over time; 0: not at all. */
  readonly soakMinutes: number;
}

export interface FigureInfo {
  readonly meaning: string;
  readonly goal:
    | { readonly atLeast: number }
    | { readonly below: number }
    | { readonly atMost: number };
}

export interface Measurement {
  /** By name in kebab case; the unit is the last part of the name, fractions have none. */
  readonly figures: Readonly<Record<string, number>>;
  /** What one has to know to read the figures. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Figures that could not be taken, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Pictures for the documentation, SVG by file name. */
  readonly plots?: Readonly<Record<string, string>>;
}

/** What `--json` prints. */
export interface Report {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly context: Readonly<Record<string, unknown>> & {
    /** Names of the figures that are absent; `whySkipped` has the reasons. */
    readonly skipped: readonly string[];
  };
}
