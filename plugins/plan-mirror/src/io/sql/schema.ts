/** Tables as queries see them. */
export interface Schema {
  readonly plan_mirror: MirrorTable;
  readonly plan_jobs: JobTable;
  readonly plan_streams: StreamTable;
  readonly plan_workstations: WorkstationTable;
  readonly plan_job_history: {
    readonly id: string;
    readonly era: number;
    readonly n: number;
    readonly at_ms: number;
    readonly state: string;
    readonly attempt: number;
    readonly rc: number | null;
  };
}

/** One row: which copy was begun last, and which one is shown. */
export interface MirrorTable {
  readonly id: number;
  readonly claimed_epoch: number;
  readonly claimed_syncid: number;
  readonly shown_epoch: number | null;
  readonly shown_syncid: number | null;
  readonly run: number | null;
  readonly made_at_ms: number | null;
  readonly taken_at_ms: number | null;
}

export interface JobTable {
  readonly syncid: number;
  readonly id: string;
  readonly stream: string | null;
  readonly ws: string | null;
  readonly name: string | null;
  readonly at_ms: number | null;
  readonly def: string | null;
  readonly state: string;
  readonly attempt: number | null;
  readonly priority: number | null;
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly rc: number | null;
  readonly more: string | null;
}

export interface StreamTable {
  readonly syncid: number;
  readonly id: string;
  readonly ws: string | null;
  readonly name: string | null;
  readonly at_ms: number | null;
  readonly def: string | null;
  readonly state: string;
  readonly priority: number | null;
  readonly limit_jobs: number | null;
}

export interface WorkstationTable {
  readonly syncid: number;
  readonly id: string;
  readonly domain: string | null;
  readonly type: string | null;
  readonly host: string | null;
  readonly full_status: number | null;
  readonly limit_jobs: number | null;
  readonly fence: number | null;
  readonly run: number | null;
  readonly init: number | null;
  readonly jobman: number | null;
  readonly held: string | null;
  readonly unfit: string | null;
  readonly linked: number | null;
}
