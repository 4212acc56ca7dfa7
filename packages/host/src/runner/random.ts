import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '@ftctl/sdk';

/** Whole numbers that a double holds exactly below it, and `randomInt` accepts. */
const STEPS = 2 ** 47;

/** The system's randomness. */
export const systemRandom: Random = {
  float: () => randomInt(STEPS) / STEPS,
  int: (below) => randomInt(below),
  bytes: (length) => new Uint8Array(randomBytes(length)),
  id: () => randomBytes(16).toString('hex'),
};
