import { World } from '@ftctl/sim';
import { describe, expect, it } from 'vitest';
import { account, MASTER, ProbePair, SLAVE } from './simulation/probe-pair.ts';

/** Letters only: the rules write digits as `#`. */
function word(index: number): string {
  return index
    .toString(26)
    .replace(/[0-9a-p]/g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
}

async function stream(pair: ProbePair, fromIndex: number, count: number): Promise<void> {
  for (let index = fromIndex; index < fromIndex + count; index += 1) {
    pair.send(`event ${word(index)}.`, 'rfc3164');
    await pair.world.run(5);
  }
}

describe('a pair in the simulated world', () => {
  it('delivers each event once while nothing fails', async () => {
    const pair = new ProbePair(new World({ seed: 1 }));
    await pair.world.run(1_000);
    await stream(pair, 0, 400);
    await pair.world.run(20_000);
    expect(account(pair)).toEqual({ safe: 400, lost: [], duplicated: [] });
    expect(pair.plugin(SLAVE).captured.messages.map((message) => message.id)).not.toContain(
      'FTOP002W',
    );
  });

  it('takes over in time when the master dies, and hands back when it returns', async () => {
    const pair = new ProbePair(new World({ seed: 2 }));
    await pair.world.run(1_000);
    await stream(pair, 0, 400);
    pair.world.host(MASTER).crash();
    const died = pair.world.now;
    await pair.world.until(
      () => pair.plugin(SLAVE).health()?.details?.active === true,
      'the slave is active',
      4_000,
    );
    expect(pair.world.now - died).toBeLessThan(4_000);
    await stream(pair, 400, 400);
    pair.world.host(MASTER).restart();
    await stream(pair, 800, 400);
    expect(pair.plugin(SLAVE).health()?.details?.active).toBe(false);
    await pair.world.run(20_000);
    const { lost, duplicated } = account(pair);
    expect({ lost, duplicated }).toEqual({ lost: [], duplicated: [] });
  });
});
