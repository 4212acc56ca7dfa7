import { votersOf } from '@ftctl/plan';
import type { CommandResult } from '@ftctl/sdk';
import { ALARM, percentOf } from '../core/alarms.ts';
import type { Finding } from '../core/finding.ts';
import { isCore, isEnhanced } from '../desk.ts';
import { fillsOf, queuesOf, replaysOf } from '../queues.ts';
import type { Station } from '../station.ts';
import type { Workstation } from '../workstation.ts';
import { commandErrors } from './errors.ts';
import { heldFinding } from './held-finding.ts';

/** Objects of one kind that are named; the rest are counted. */
const MAX_NAMED = 10;

/** `doctor`: what is unlinked and why, who is behind, whether this agent is fit to take over. */
export function doctor(host: Station): CommandResult {
  const station = host.workstation;
  if (station === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
  const findings = findingsOf(host, station);
  const { self } = station.desk;
  const isBad = findings.some(({ severity }) => severity === 'problem');
  return {
    data: {
      workstation: self,
      findings,
      queues: queuesOf(station),
      fills: fillsOf(station),
      replays: replaysOf(station),
    },
    ...(findings.length === 0
      ? { text: `${self}: nothing to tell.` }
      : {
          table: {
            columns: ['', 'WHAT', 'WHY', 'WHAT TO DO'],
            rows: findings.map(({ severity, what, why, action }) => [severity, what, why, action]),
          },
        }),
    exitCode: isBad ? 1 : 0,
  };
}

export function findingsOf(host: Station, station: Workstation): readonly Finding[] {
  return [
    ...linkFindings(station),
    ...roleFindings(host, station),
    ...queueFindings(station),
    ...planFindings(station),
  ];
}

function* linkFindings({ sessions }: Workstation): Generator<Finding> {
  for (const { to, kind, open, why = '' } of sessions.status()) {
    if (open) continue;
    yield {
      severity: kind === 'standby' ? 'warning' : 'problem',
      what: `no ${kind} connection to ${to}`,
      why,
      action: `\`ftctl status\` and \`ftctl tws doctor\` on ${to}`,
    };
  }
}

function* roleFindings({ switching }: Station, station: Workstation): Generator<Finding> {
  const { tree, domain, book, self } = station.desk;
  const { automaticSwitch } = tree.domain(domain);
  const agents = tree
    .coreOf(domain)
    .filter((name) => name !== station.desk.roles.managerOf(domain));
  if (isEnhanced(station.desk) && agents.length === 0) {
    yield {
      severity: 'warning',
      what: `${domain} is unprotected`,
      why: 'it has no full-status agent beside its manager',
      action: 'give one `fullstatus: on` in the topology',
    };
  }
  if (automaticSwitch && votersOf(tree, domain).length < 3) {
    yield {
      severity: 'warning',
      what: `${domain} does not switch by itself`,
      why: 'it has fewer than three voters',
      action: 'name three under `voters:` in the topology',
    };
  }
  if (switching?.isolation !== undefined) {
    yield {
      severity: 'problem',
      what: `${self} is isolated`,
      why: switching.isolation,
      action: 'let it reach the voters; `ftctl explain AWSBCV135W`',
    };
  }
  for (const name of isCore(station.desk) ? tree.coreOf(domain) : []) {
    const unfit = book.plan.cpu(name).s?.unfit;
    if (unfit === undefined) continue;
    yield {
      severity: 'warning',
      what: `${name} is not fit to take over`,
      why: unfit,
      action: 'it is brought up to date by itself; see its links',
    };
  }
  for (const { name } of tree.topology.workstations.values()) {
    const agents = book.plan.cpu(name).dropped?.agents ?? [];
    if (agents.length === 0) continue;
    yield {
      severity: 'warning',
      what: `${name} has let go of what it held for ${agents.join(', ')}`,
      why: 'it was more than half of its own log',
      action: `bring ${agents.join(', ')} back: it takes a copy of the plan`,
    };
  }
  const risks = station.boxes.risks.length;
  if (risks > 0) {
    yield {
      severity: 'problem',
      what: `messages of ${risks} origins are at risk`,
      why: 'an ftbox was full while a neighbour lacked them',
      action: '`ftctl explain FTTW006W`',
    };
  }
}

function* queueFindings(station: Workstation): Generator<Finding> {
  for (const fill of fillsOf(station)) {
    if (fill.bytes < fill.limit * ALARM) continue;
    yield {
      severity: 'problem',
      what: `${fill.what} is filled to ${percentOf(fill)} %`,
      why: waitingFor(station),
      action: 'bring back who is behind; `ftctl explain FTTW013W`',
    };
  }
  for (const { target, replayed } of isEnhanced(station.desk) ? replaysOf(station) : []) {
    if (replayed) continue;
    yield {
      severity: 'warning',
      what: `${target} was not replayed yet`,
      why: 'what it missed before this manager took over is on its way to it',
      action: 'it is done by itself; `ftctl explain AWSBCV130I`',
    };
  }
  for (const [to, why] of station.shipping.refusals()) {
    yield {
      severity: 'warning',
      what: `${to} takes no messages`,
      why,
      action: `\`ftctl tws doctor\` on ${to}`,
    };
  }
}

function* planFindings(station: Workstation): Generator<Finding> {
  const { desk, turnover, mending } = station;
  const why = turnover.waitsFor ?? mending.lacks ?? mending.underWay;
  if (why !== undefined) {
    const action = 'it goes on by itself when its manager is in reach';
    yield { severity: 'warning', what: `${desk.self} does not launch jobs`, why, action };
  }
  const held = heldFinding(station);
  if (held !== undefined) yield held;
  const done = [...desk.book.plan.parts()].flatMap((part) =>
    part.kind === 'job' && part.s?.state === 'DONE' ? [part.id] : [],
  );
  if (done.length > 0) {
    yield {
      severity: 'warning',
      what: `${done.length} jobs are DONE`,
      why: `nobody knows how they ended: ${done.slice(0, MAX_NAMED).join(', ')}`,
      action: '`ftctl tws confirm JOB succ`, `abend`, or `rerun`',
    };
  }
}

/** Who is behind, the furthest first. */
function waitingFor(station: Workstation): string {
  const behind = queuesOf(station)
    .filter(({ records }) => records > 0)
    .sort((a, b) => b.records - a.records)
    .slice(0, MAX_NAMED);
  if (behind.length === 0) return 'what it holds is not confirmed yet';
  return behind.map(({ reader, records }) => `${records} messages wait for ${reader}`).join(', ');
}
