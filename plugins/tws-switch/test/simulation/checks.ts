import type { World } from '@ftctl/sim';
import { copiesDiffer } from './copies.ts';
import { ranTwice, unfinished } from './jobs-ran.ts';
import { unanswered } from './requests-answered.ts';
import type { TwsNetwork } from './tws-network.ts';

/** What is wrong in a network that has come to rest, seen from outside: by its disks, and by what ran. */
export function problemsAtRest(world: World, network: TwsNetwork): string[] {
  return [
    ...ranTwice(world),
    ...unfinished(network),
    ...copiesDiffer(network),
    ...unanswered(network),
  ];
}
