import { setTimeout as sleep } from 'node:timers/promises';
import { CASES } from './cases.ts';
import type { Production } from './production.ts';
import { firstRouted } from './routed.ts';

/** The fault comes when this part of the jobs has written its line: enough has begun, enough is left. */
const EARLIEST = 0.1;
const LATEST = 0.5;
const MAX_MORE_MS = 500;

export interface Outcome {
  readonly problems: readonly string[];
  /** One line for people. */
  readonly text: string;
  /** Jobs that were DONE since their launcher was lost. */
  readonly lost: number;
}

/** One day with one case, at a moment that chance chooses. */
export async function play(
  production: Production,
  name: string,
  random: () => number,
): Promise<Outcome> {
  const one = CASES[name];
  if (one === undefined) throw new Error(`there is no case ${name}`);
  const part = EARLIEST + random() * (LATEST - EARLIEST);
  const day = await production.begin();
  await day.reach(part);
  await sleep(random() * MAX_MORE_MS);
  const { changes, lost, livedOn } = await one({ production, day, random });
  const end = await day.end(lost);
  const times = changes.map((change) => {
    const ms = firstRouted(end.rows, production.definitions, production.tree, change);
    return { domain: change.domain, seconds: ms === undefined ? undefined : ms / 1_000 };
  });
  // Late in a day it may be that no job is left that waits for such an event.
  const routed = times.map(({ domain, seconds }) =>
    seconds === undefined ? `${domain} none was waited for` : `${domain} ${seconds.toFixed(2)} s`,
  );
  const { expected, found, duplicated } = end;
  const more = [
    ...(livedOn === undefined ? [] : [`${livedOn} job processes lived on`]),
    ...(lost === undefined ? [] : [`${lost.size} jobs DONE and confirmed`]),
  ];
  return {
    lost: lost?.size ?? 0,
    problems: end.problems,
    text: [
      `${name}: to the first event routed: ${routed.join(', ')}`,
      `lines expected ${expected}, found ${found}, duplicated ${duplicated}`,
      ...more,
    ].join('; '),
  };
}
