import type { Recovery, WorkstationName } from './model.ts';

/** What a site runs each day: streams and jobs without a date. Made from a plan file or an imported workflow. */
export interface Definitions {
  readonly streams: readonly StreamTemplate[];
}

export interface StreamTemplate {
  readonly ws: WorkstationName;
  readonly name: string;
  readonly follows: readonly TemplateDependency[];
  readonly at?: TemplateTime;
  readonly priority: number;
  readonly limit?: number;
  /** Texts; each is asked once a plan. */
  readonly prompts: readonly string[];
  readonly jobs: readonly JobTemplate[];
}

export interface JobTemplate {
  readonly name: string;
  readonly ws: WorkstationName;
  readonly command: string;
  readonly follows: readonly TemplateDependency[];
  readonly at?: TemplateTime;
  readonly priority: number;
  readonly prompts: readonly string[];
  readonly recovery: Recovery;
  readonly rerunLimit?: number;
  readonly confirmed?: boolean;
}

/** A job of a stream, or without `job` the whole stream; of the same plan. */
export interface TemplateDependency {
  readonly ws: WorkstationName;
  readonly stream: string;
  readonly job?: string;
}

/** Seconds after midnight of the day of the plan, or after the plan was made. */
export type TemplateTime =
  | { readonly kind: 'day'; readonly seconds: number }
  | { readonly kind: 'after'; readonly seconds: number };
