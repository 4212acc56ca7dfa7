import type { Soak } from './soak.ts';
import { storeFlip } from './store-flip/store-flip.ts';
import { storeKill } from './store-kill/store-kill.ts';
import { storePower } from './store-power/store-power.ts';

/** Every soak that `npm run soak` knows. */
export const SOAKS: readonly Soak[] = [storeKill, storePower, storeFlip];
