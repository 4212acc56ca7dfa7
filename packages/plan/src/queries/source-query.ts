import type { CapabilityOperation } from '@ftctl/sdk';
import * as v from 'valibot';
import { checked } from '../checked.ts';
import { PLAN_SOURCE } from '../source/records.ts';
import { type PlanQuestion, planQuestion } from './questions.ts';
import type { PlanAnswer } from './reader.ts';
import {
  jobDetail,
  jobRow,
  planOverview,
  streamDetail,
  streamRow,
  workstationRow,
} from './rows.ts';

/**
 * Asks the scheduler itself, from memory: for when there is no mirror that could
 * answer. It answers few at a time, so that watchers cannot burden it.
 */
export const sourceQuery: CapabilityOperation<PlanQuestion, { readonly answer?: unknown }> = {
  capability: PLAN_SOURCE,
  operation: 'query',
  question: (value) => checked(planQuestion, value),
  answer: (value) => checked(v.strictObject({ answer: v.exactOptional(v.unknown()) }), value),
};

/** What another process has answered to a question. @throws Error when it is not of its shape */
export function checkedAnswer({ q }: PlanQuestion, answer: unknown): PlanAnswer {
  return checked(SHAPES[q], answer);
}

function pageOf<R>(row: v.GenericSchema<unknown, R>) {
  return v.strictObject({
    rows: v.array(row),
    next: v.exactOptional(v.string()),
    total: v.exactOptional(v.number()),
  });
}

const SHAPES: Readonly<Record<PlanQuestion['q'], v.GenericSchema<unknown, PlanAnswer>>> = {
  overview: v.optional(planOverview),
  jobs: pageOf(jobRow),
  streams: pageOf(streamRow),
  stream: v.optional(streamDetail),
  job: v.optional(jobDetail),
  workstations: v.array(workstationRow),
};
