import { copiesDiffer } from './copies.ts';
import { ranTwice, unfinished } from './jobs-ran.ts';
import { unanswered } from './requests-answered.ts';
import type { TwsNetwork } from './tws-network.ts';

/** What is wrong in a network that has come to rest, seen from outside: by its disks, and by what ran. */
export function problemsAtRest(network: TwsNetwork): string[] {
  return [
    ...ranTwice(network),
    ...unfinished(network),
    ...copiesDiffer(network),
    ...unanswered(network),
  ];
}
