import type { PlanOverview } from '@ftctl/plan/queries';

/** Where an answer is from, and why not from the mirror. */
export interface From {
  readonly from: 'mirror' | 'symphony';
  readonly why?: string;
}

export interface Rows<R> extends From {
  readonly rows: readonly R[];
  readonly next?: string;
  readonly total?: number;
}

/** What `plan` answers. */
export interface PlanView extends From {
  readonly phase: string;
  readonly database: string;
  readonly lagMs: number;
  readonly lagRecords: number;
  readonly taken?: string;
  readonly overview?: PlanOverview;
}
