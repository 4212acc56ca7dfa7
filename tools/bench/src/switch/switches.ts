import { makeBacklog } from './backlog.ts';
import { twentyHosts } from './networks.ts';
import { LOOK_EVERY_MS, Probe } from './probe.ts';
import { beginDay, findings, isActing, managerOf, waitingFor } from './questions.ts';
import { AWAY, DOMAIN, MANAGERS, type ManagerHost, otherManager, PROBED, SHAPE } from './shape.ts';
import { type LoggedLine, type SwitchLab, withLab } from './switch-lab.ts';

/** Records that may be on their way to a core member that counts as up to date. */
const NEARLY_NONE = 20;
/** Looks in a row at which nothing is wrong: links are tried again each second. */
const QUIET_LOOKS = 10;

/** What an automatic switch took, in seconds; parts as the new manager has logged them. */
export interface AutomaticSwitch {
  /** From before the kill to the arrival of the first event. */
  readonly totalS: number;
  /** Until a majority had promised the epoch. */
  readonly claimedS: number;
  /** Until everybody in reach was asked what they have. */
  readonly gatheredS: number;
  /** Until the road to the manager above was live. */
  readonly replayedS: number;
}

/** All switches, in the order in which they were made. */
export interface Switches {
  readonly hosts: number;
  readonly pending: number;
  readonly automatic: readonly AutomaticSwitch[];
  readonly manualS: readonly number[];
  /** A command that changes nothing, for comparison: its process alone takes so long. */
  readonly showcpusS: readonly number[];
}

/** All switches to and fro in one running lab, with a backlog for a host that stays away. */
export function measureSwitches(progress: (line: string) => void): Promise<Switches> {
  progress('starting 20 hosts');
  return withLab({ network: twentyHosts(), switchFaultTolerance: true }, async (lab) => {
    await beginDay(lab);
    const pending = await makeBacklog(lab, SHAPE.pendingEvents, progress);
    const probe = new Probe(lab);
    probe.start();
    try {
      const automatic: AutomaticSwitch[] = [];
      const manualS: number[] = [];
      let manager: ManagerHost = MANAGERS[0];
      for (let n = 1; n <= SHAPE.automaticSwitches; n += 1) {
        await settled(lab, manager);
        const took = await switchByItself(lab, probe, manager);
        automatic.push(took);
        progress(`automatic switch ${n}: ${took.totalS.toFixed(2)} s`);
        manager = otherManager(manager);
      }
      for (let n = 1; n <= SHAPE.manualSwitches; n += 1) {
        await settled(lab, manager);
        manager = otherManager(manager);
        manualS.push(await switchByHand(lab, probe, manager));
        progress(`switchmgr ${n}: ${manualS.at(-1)?.toFixed(2)} s`);
      }
      const showcpusS: number[] = [];
      for (const _ of manualS) showcpusS.push(await secondsOf(lab.ftctl('master', 'showcpus')));
      return { hosts: lab.lab.hosts.length, pending, automatic, manualS, showcpusS };
    } finally {
      await probe.stop();
    }
  });
}

/** Kills the manager, waits for an event that was made after it, starts the killed again. */
async function switchByItself(
  lab: SwitchLab,
  probe: Probe,
  manager: ManagerHost,
): Promise<AutomaticSwitch> {
  const old = lab.lab.host(manager);
  const killedAtMs = Date.now();
  const startMs = performance.now();
  await old.kill();
  // Counted from before the kill; what was made until it had ended may have come by the old one.
  const arrivedMs = await probe.arrived(performance.now());
  await old.start();
  const lines = await lab.logged(otherManager(manager), killedAtMs);
  const secondsTo = (what: string, holds: (line: LoggedLine) => boolean) => {
    const line = lines.find(holds);
    if (line === undefined) throw new Error(`${otherManager(manager)} logged nothing of: ${what}`);
    return (line.atMs - killedAtMs) / 1_000;
  };
  return {
    totalS: (arrivedMs - startMs) / 1_000,
    claimedS: secondsTo('its epoch', ({ id }) => id === 'FTTW001I'),
    gatheredS: secondsTo('gathering', ({ text }) => text.startsWith('gathered')),
    replayedS: secondsTo(
      'the replay upwards',
      ({ id, params }) => id === 'AWSBCV131I' && params?.agent === 'MASTER',
    ),
  };
}

/** From the command's start to the first event that is made when the new manager acts. */
async function switchByHand(lab: SwitchLab, probe: Probe, next: ManagerHost): Promise<number> {
  const startMs = performance.now();
  const [arrivedMs] = await Promise.all([
    firstRoutedBy(lab, probe, next),
    lab.ftctl('master', 'switchmgr', DOMAIN, next),
  ]);
  return (arrivedMs - startMs) / 1_000;
}

async function firstRoutedBy(lab: SwitchLab, probe: Probe, next: ManagerHost): Promise<number> {
  await lab.until(
    `${next} manages ${DOMAIN}`,
    async () => ((await isActing(lab, next)) ? true : undefined),
    { everyMs: LOOK_EVERY_MS },
  );
  return probe.arrived(performance.now());
}

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work;
  return (performance.now() - startMs) / 1_000;
}

/** Both may manage, and both know who does: linked, fit, and with what the agents have said. */
async function settled(lab: SwitchLab, manager: ManagerHost): Promise<void> {
  let looks = 0;
  await lab.until('the domain has settled', async () => {
    looks = (await isSettled(lab, manager)) ? looks + 1 : 0;
    return looks >= QUIET_LOOKS ? true : undefined;
  });
}

async function isSettled(lab: SwitchLab, manager: ManagerHost): Promise<boolean> {
  for (const host of MANAGERS) {
    if ((await managerOf(lab, host, DOMAIN)) !== manager.toUpperCase()) return false;
    const found = await findings(lab, host);
    if (found.some((what) => !what.includes(AWAY.toUpperCase()))) return false;
    const queue = { host: PROBED, queue: 'own', reader: host.toUpperCase() };
    if (((await waitingFor(lab, queue)) ?? 0) > NEARLY_NONE) return false;
  }
  return isActing(lab, manager);
}
