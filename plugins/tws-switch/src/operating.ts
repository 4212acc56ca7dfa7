import type { DomainName } from '@ftctl/plan';
import { sleep } from '@ftctl/sdk';
import type { OperateAnswer, OperateQuestion } from './channels.ts';
import type { SwitcherRun } from './core/switcher/types.ts';
import type { Station } from './station.ts';

/** A switch by hand is answered after so long, whatever has come of it. */
const SWITCH_LIMIT_MS = 15_000;
/** Between the last look and the next whether the new manager acts. */
const LOOK_MS = 20;
/** How long the others have to say that they are there. */
const FORECAST_MS = 500;
const VOTERS_MS = 3_000;

const REFUSALS: Readonly<Record<string, string>> = {
  'not-core': 'it is neither manager nor full-status agent of the domain',
  unfit: 'it must not become manager',
  'already-manager': 'it manages the domain already',
  busy: 'a switch is under way',
  unlearned: 'its store is new or restored, and no majority has told it the epoch yet',
  'no-majority': 'no majority of the voters could be asked; --force goes on without',
  'not-manager': 'it does not own the domain',
  'not-isolated': 'it is not isolated',
  voters: 'the list of voters cannot be changed so',
};

/** Carries out, on the workstation that must act, what an operator has asked for. */
export async function operate(
  station: Station,
  { operation, domain, force = false, add, remove }: OperateQuestion,
): Promise<OperateAnswer> {
  const { switching } = station;
  if (switching === undefined) return { ok: false, text: 'the workstation is starting' };
  if (operation === 'forecast') return foretell(station, domain);
  if (operation === 'switchmgr') return switchManager(station, domain, force);
  const change = add === undefined ? (remove === undefined ? undefined : { remove }) : { add };
  if (change === undefined) return { ok: false, text: 'name whom to add or to remove' };
  const outcome = answerOf(station, VOTERS_MS, (run) => {
    if (run.kind === 'refused' && run.command === 'voters') return refusal(run);
    if (run.kind !== 'voters') return undefined;
    return { ok: true, text: `voters of ${domain}: ${run.voters.names.join(', ')}` };
  });
  switching.give(domain, { kind: 'voters', change });
  return outcome;
}

async function switchManager(
  station: Station,
  domain: DomainName,
  force: boolean,
): Promise<OperateAnswer> {
  const { workstation, switching } = station;
  if (workstation === undefined || switching === undefined) {
    return { ok: false, text: 'the workstation is starting' };
  }
  const { clock } = workstation.desk.ctx;
  const startMs = clock.monotonic();
  const outcome = answerOf(station, SWITCH_LIMIT_MS, (run) => {
    if (run.kind === 'refused' && run.command === 'switchmgr') return refusal(run);
    if (run.kind !== 'claimed') return undefined;
    const silent = run.notAsked.length === 0 ? '' : `; not asked: ${run.notAsked.join(', ')}`;
    return { ok: true, text: silent };
  });
  switching.give(domain, { kind: 'switchmgr', force });
  const claimed = await outcome;
  if (!claimed.ok) return claimed;
  while (!switching.acting() && clock.monotonic() - startMs < SWITCH_LIMIT_MS) {
    await sleep(clock, LOOK_MS);
  }
  const tookMs = Math.round(clock.monotonic() - startMs);
  const { self } = workstation.desk;
  if (!switching.acting()) return { ok: false, text: `${self} has the epoch and does not act yet` };
  const text = `${self} manages ${domain} after ${tookMs} ms${claimed.text}`;
  return { ok: true, text, details: { manager: self, domain, tookMs } };
}

async function foretell(station: Station, domain: DomainName): Promise<OperateAnswer> {
  const { workstation, switching } = station;
  if (workstation === undefined || switching === undefined) {
    return { ok: false, text: 'the workstation is starting' };
  }
  switching.give(domain, { kind: 'ask' });
  await sleep(workstation.desk.ctx.clock, FORECAST_MS);
  const forecast = switching.forecast(domain);
  if (forecast === undefined) {
    return { ok: false, text: `${workstation.desk.self} has nothing to do with ${domain}` };
  }
  const { automatic, majority, next, voters, candidates } = forecast;
  const lines = [
    `automatic switch: ${automatic ? 'on' : `off (${forecast.notAutomatic ?? 'off'})`}`,
    `manager: ${forecast.epoch.owner}, epoch ${forecast.epoch.number}`,
    `voters: ${voters.map(({ name, heard }) => `${name}${heard ? '' : ' (not heard)'}`).join(', ')}`,
    `majority in reach: ${majority ? 'yes' : 'no'}`,
    `candidates: ${candidates.map(({ name, unfit, heard }) => `${name}${unfit === undefined ? (heard ? '' : ' (not heard)') : ` (unfit: ${unfit})`}`).join(', ')}`,
    `would take over: ${next ?? 'nobody by itself'}`,
  ];
  return { ok: true, text: lines.join('\n'), details: forecast };
}

function answerOf(
  station: Station,
  limitMs: number,
  answer: (run: SwitcherRun) => OperateAnswer | undefined,
): Promise<OperateAnswer> {
  const clock = station.workstation?.desk.ctx.clock;
  return new Promise((resolve) => {
    const stop = station.onSwitch((run) => {
      const found = answer(run);
      if (found === undefined) return;
      stop();
      resolve(found);
    });
    clock?.setTimer(limitMs, () => {
      stop();
      resolve({ ok: false, text: `no outcome after ${limitMs / 1_000} s` });
    });
  });
}

function refusal({ why, detail }: Extract<SwitcherRun, { kind: 'refused' }>): OperateAnswer {
  return { ok: false, text: `refused: ${REFUSALS[why] ?? why} (${detail})` };
}
