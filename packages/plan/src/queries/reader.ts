import type { JobQuery, PlanQuestion, StreamQuery } from './questions.ts';
import type {
  JobDetail,
  JobRow,
  PlanOverview,
  StreamDetail,
  StreamRow,
  WorkstationRow,
} from './rows.ts';

/** Rows in the order that was asked for. */
export interface Page<R> {
  readonly rows: readonly R[];
  /** `after` of the next page; absent when this is the last. */
  readonly next?: string;
  /** How many there are on all pages; on the first one. */
  readonly total?: number;
}

/**
 * Answers questions about a plan: from a database, or from Symphony in the
 * scheduler's memory. Both answer the same.
 */
export interface PlanReader {
  /** Undefined when there is no plan. */
  overview(): Promise<PlanOverview | undefined>;
  jobs(query: JobQuery): Promise<Page<JobRow>>;
  streams(query: StreamQuery): Promise<Page<StreamRow>>;
  /** Undefined when it is not in the plan; so for a job. */
  stream(id: string): Promise<StreamDetail | undefined>;
  job(id: string): Promise<JobDetail | undefined>;
  workstations(): Promise<readonly WorkstationRow[]>;
}

/** What a reader answers to a question. */
export type PlanAnswer =
  | PlanOverview
  | Page<JobRow>
  | Page<StreamRow>
  | StreamDetail
  | JobDetail
  | readonly WorkstationRow[]
  | undefined;

export function askReader(reader: PlanReader, question: PlanQuestion): Promise<PlanAnswer> {
  switch (question.q) {
    case 'overview':
      return reader.overview();
    case 'jobs':
      return reader.jobs(question.query);
    case 'streams':
      return reader.streams(question.query);
    case 'stream':
      return reader.stream(question.id);
    case 'job':
      return reader.job(question.id);
    case 'workstations':
      return reader.workstations();
  }
}
