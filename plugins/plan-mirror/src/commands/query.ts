import { JOB_STATES } from '@ftctl/plan';
import type { JobQuery, JobRow, Page } from '@ftctl/plan/queries';
import type { CommandCall, CommandResult } from '@ftctl/sdk';
import { mirrorErrors } from '../errors.ts';
import type { Mirror } from '../mirror.ts';

const MAX_ROWS = 1_000;

/** `ftctl plan query`: jobs of the plan, from the mirror, or from Symphony while that is away. */
export async function query(mirror: Mirror, { options }: CommandCall): Promise<CommandResult> {
  const limit = Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_ROWS) {
    throw mirrorErrors.ARGUMENT({ what: '--limit', why: `a number from 1 to ${MAX_ROWS}` });
  }
  const { state, ws, stream, text, after } = options;
  const asked: JobQuery = {
    limit,
    ...(typeof state === 'string' ? { states: statesOf(state) } : {}),
    ...(typeof ws === 'string' ? { ws: ws.toUpperCase() } : {}),
    ...(typeof stream === 'string' ? { stream } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof after === 'string' ? { after } : {}),
  };
  const { answer, from, why } = await mirror.reading.ask({ q: 'jobs', query: asked });
  const { rows, next, total } = answer as Page<JobRow>;
  const lines = [
    ...(why === undefined ? [] : [`from Symphony: ${why}`]),
    ...(total === undefined ? [] : [`${total} jobs`]),
    ...(next === undefined ? [] : [`there are more: --after '${next}'`]),
  ];
  return {
    data: { from, jobs: rows, ...(next === undefined ? {} : { after: next }) },
    table: {
      columns: ['JOB', 'WORKSTATION', 'STATE', 'ATTEMPT', 'PRI', 'START', 'END', 'RC'],
      rows: rows.map((job) => [
        job.id,
        job.ws ?? '',
        job.state,
        job.attempt,
        job.priority ?? '',
        time(job.startMs),
        time(job.endMs),
        job.rc ?? '',
      ]),
    },
    ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
  };
}

function statesOf(option: string): NonNullable<JobQuery['states']> {
  return option
    .toUpperCase()
    .split(',')
    .map((name) => {
      const state = JOB_STATES.find((one) => one === name);
      if (state !== undefined) return state;
      const why = `${name} is no state; there are ${JOB_STATES.join(', ')}`;
      throw mirrorErrors.ARGUMENT({ what: '--state', why });
    });
}

function time(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
