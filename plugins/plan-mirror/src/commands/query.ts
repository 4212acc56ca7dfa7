import type { CommandCall, CommandResult } from '@ftctl/sdk';
import type { JobQuery } from '../database.ts';
import { mirrorErrors } from '../errors.ts';
import type { Mirror } from '../mirror.ts';

const MAX_ROWS = 10_000;

/** `ftctl plan query`: jobs of the plan that is shown. */
export async function query(mirror: Mirror, { options }: CommandCall): Promise<CommandResult> {
  const limit = Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_ROWS) {
    throw mirrorErrors.ARGUMENT({ what: '--limit', why: `a number from 1 to ${MAX_ROWS}` });
  }
  const { state, ws, stream, text, after } = options;
  const asked: JobQuery = {
    limit,
    ...(typeof state === 'string' ? { states: state.toUpperCase().split(',') } : {}),
    ...(typeof ws === 'string' ? { ws: ws.toUpperCase() } : {}),
    ...(typeof stream === 'string' ? { stream } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof after === 'string' ? { after } : {}),
  };
  const jobs = await mirror.database.jobs(asked);
  const last = jobs.at(-1);
  const isMore = jobs.length === limit && last !== undefined;
  return {
    data: { jobs, ...(isMore ? { after: last.id } : {}) },
    table: {
      columns: ['JOB', 'WORKSTATION', 'STATE', 'ATTEMPT', 'PRI', 'START', 'END', 'RC'],
      rows: jobs.map((job) => [
        job.id,
        job.ws ?? '',
        job.state,
        job.attempt,
        job.priority ?? '',
        time(job.start_ms),
        time(job.end_ms),
        job.rc ?? '',
      ]),
    },
    ...(isMore ? { text: `there may be more: --after '${last.id}'` } : {}),
  };
}

function time(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
