import { pluginSoak } from './plugin-soak.ts';
import type { Soak } from './soak.ts';
import { storeFlip } from './store-flip/store-flip.ts';
import { storeKill } from './store-kill/store-kill.ts';
import { storePower } from './store-power/store-power.ts';

const twsSwitch = pluginSoak(
  {
    name: 'tws-switch',
    summary: 'kills, cuts, stops and switches managers of a running network, each job once',
    count: 20,
    unit: 'runs',
  },
  'plugins/tws-switch/test/lab/soak.ts',
);

const mirror = pluginSoak(
  {
    name: 'mirror',
    summary: 'kills a mirror, its scheduler, host and database in mid-load and mid-apply',
    count: 20,
    unit: 'runs',
  },
  'plugins/plan-mirror/test/lab/soak.ts',
);

const mirrorFrozen = pluginSoak(
  {
    name: 'mirror-frozen',
    summary: 'stops the database of a mirror for minutes while the plan changes all the time',
    count: 5,
    unit: 'count',
  },
  'plugins/plan-mirror/test/lab/frozen.ts',
);

/** Every soak that `npm run soak` knows. */
export const SOAKS: readonly Soak[] = [
  storeKill,
  storePower,
  storeFlip,
  twsSwitch,
  mirror,
  mirrorFrozen,
];
