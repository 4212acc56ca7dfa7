import { messageFile } from './questions.ts';
import { AWAY, BUSY, MANAGERS } from './shape.ts';
import type { SwitchLab } from './switch-lab.ts';

/** Requests of one command that are under way; all their jobs wait for one another. */
const PRIORITIES = [11, 12] as const;

/**
 * Stops a full-status agent of the domain above and lets an agent of the domain
 * that switches make events, until both ftboxes there hold that many for it.
 */
export async function makeBacklog(
  lab: SwitchLab,
  events: number,
  progress: (line: string) => void,
): Promise<number> {
  await lab.lab.host(AWAY).stop();
  let held = 0;
  for (let turn = 0; held < events; turn += 1) {
    const value = String(PRIORITIES[turn % PRIORITIES.length]);
    await lab.command(BUSY, 'altpri', { selection: 'FTA1A#LOAD.@', value });
    held = await heldForAll(lab);
    if (turn % 10 === 9) progress(`${held} events wait for ${AWAY}`);
  }
  return held;
}

/** Events in the smaller of the two ftboxes upwards. */
async function heldForAll(lab: SwitchLab): Promise<number> {
  const boxes = await Promise.all(MANAGERS.map((host) => messageFile(lab, host, 'ftup')));
  return Math.min(...boxes.map(({ records }) => records));
}
