/** Tables as queries see them. */
export interface Schema {
  readonly plan_mirror: MirrorTable;
  readonly plan_lanes: {
    readonly syncid: number;
    readonly lane: number;
    readonly incarnation: string;
    readonly seq: number;
  };
  readonly plan_jobs: {
    readonly syncid: number;
    readonly id: string;
    readonly stream: string | null;
    readonly ws: string | null;
    readonly state: string | null;
    readonly attempt: number | null;
    readonly priority: number | null;
    readonly start_ms: number | null;
    readonly end_ms: number | null;
    readonly rc: number | null;
  };
  readonly plan_streams: { readonly syncid: number; readonly id: string };
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
