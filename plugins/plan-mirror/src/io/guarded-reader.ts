import type { PlanReader } from '@ftctl/plan/queries';

/** A reader whose failures are told as `guard` tells them. */
export function guardedReader(
  reader: PlanReader,
  guard: <R>(read: () => Promise<R>) => Promise<R>,
): PlanReader {
  return {
    overview: () => guard(() => reader.overview()),
    jobs: (query) => guard(() => reader.jobs(query)),
    streams: (query) => guard(() => reader.streams(query)),
    stream: (id) => guard(() => reader.stream(id)),
    job: (id) => guard(() => reader.job(id)),
    workstations: () => guard(() => reader.workstations()),
  };
}
