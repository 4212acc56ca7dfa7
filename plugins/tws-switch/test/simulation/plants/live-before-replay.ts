import { sleep } from '@ftctl/sdk';
import type { Plant } from '../tws-network.ts';

const LATER_MS = 20;

/** A new manager sends on at once what comes in, and begins its replay a moment later. */
export const liveBeforeReplay: Plant = {
  opened({ desk, replay, roads, keeping }) {
    const begin = replay.begin.bind(replay);
    replay.begin = async (target) => {
      roads.goLive(target);
      keeping.live(target);
      await sleep(desk.ctx.clock, LATER_MS);
      roads.rest(target);
      await begin(target);
    };
  },
};
