import type { Plan } from '@ftctl/plan';
import type { CommandCall, CommandResult } from '@ftctl/sdk';
import type { Viewpoint } from '../core/conman/link-part.ts';
import { selectJobs, selectStreams, selectWorkstations } from '../core/conman/select.ts';
import { CPU_COLUMNS, cpuCells, showCpus } from '../core/conman/show-cpus.ts';
import { LINK_COLUMNS, linkCells, showLinks } from '../core/conman/show-links.ts';
import { jobRow, streamRow } from '../core/conman/show-plan.ts';
import { isEnhanced } from '../desk.ts';
import type { Workstation } from '../workstation.ts';
import { selectionOf } from './selection.ts';

/** `showcpus`, `showjobs`, `showschedules`: the plan as this workstation knows it. */

export function showcpus(station: Workstation, { args, options }: CommandCall): CommandResult {
  const view = viewpoint(station);
  const { tree, self } = station.desk;
  const text = typeof args.selection === 'string' ? args.selection : undefined;
  const names = text === undefined ? defaultCpus(station) : selectWorkstations(tree, text);
  if (options.link === true) {
    const rows = showLinks(view, names);
    return {
      data: { workstation: self, rows },
      text: banner(station),
      table: { columns: LINK_COLUMNS, rows: rows.map(linkCells) },
    };
  }
  const format = (atMs: number) => dateTime(station, atMs);
  const rows = showCpus(view, names, format);
  return {
    data: {
      workstation: self,
      plan: view.plan.header ?? null,
      acting: station.desk.roles.acting(),
      epochs: station.desk.roles.epochs(),
      rows,
    },
    text: banner(station),
    table: { columns: CPU_COLUMNS, rows: rows.map(cpuCells) },
  };
}

export function showjobs(station: Workstation, call: CommandCall): CommandResult {
  const { args } = call;
  const plan = planOf(station, call);
  const selection = selectionOf(typeof args.selection === 'string' ? args.selection : '@#@.@');
  const rows = selectJobs(plan, selection).map((id) => jobRow(plan, plan.job(id)));
  const clock = (atMs: number | null) => (atMs === null ? '' : dateTime(station, atMs).time);
  return {
    data: { plan: plan.header ?? null, rows },
    text: banner(station),
    table: {
      columns: [
        'WORKSTATION',
        'SCHEDULE',
        'RUN',
        'JOB',
        'ON',
        'STATE',
        'PR',
        'START',
        'ELAPSE',
        'RC',
        'DEPS',
      ],
      rows: rows.map((row) => [
        row.workstation,
        row.schedule,
        row.run,
        row.job,
        row.runsOn,
        row.state,
        row.priority,
        clock(row.startMs),
        row.startMs === null || row.endMs === null
          ? ''
          : `${((row.endMs - row.startMs) / 1_000).toFixed(1)} s`,
        row.rc ?? '',
        notes(row.waitsFor, row.pending, row.why),
      ]),
    },
  };
}

export function showschedules(station: Workstation, call: CommandCall): CommandResult {
  const { args } = call;
  const plan = planOf(station, call);
  const selection = selectionOf(typeof args.selection === 'string' ? args.selection : '@#@');
  const rows = selectStreams(plan, selection).map((id) => streamRow(plan, plan.stream(id)));
  return {
    data: { plan: plan.header ?? null, rows },
    text: banner(station),
    table: {
      columns: ['WORKSTATION', 'SCHEDULE', 'RUN', 'STATE', 'PR', 'JOBS', 'ENDED', 'LIMIT', 'DEPS'],
      rows: rows.map((row) => [
        row.workstation,
        row.schedule,
        row.run,
        row.state,
        row.priority,
        row.jobs,
        row.ended,
        row.limit ?? '',
        notes(row.waitsFor, row.pending, null),
      ]),
    },
  };
}

/** The present plan, or with `--archived` what newer plans have left behind on this host. */
function planOf({ desk: { book } }: Workstation, { options }: CommandCall): Plan {
  return options.archived === true ? book.archived() : book.plan;
}

export function viewpoint({ desk, sessions }: Workstation): Viewpoint {
  return {
    tree: desk.tree,
    plan: desk.book.plan,
    self: desk.self,
    managerOf: (domain) => desk.roles.managerOf(domain),
    enhanced: isEnhanced(desk),
    out: sessions.out,
    in: sessions.in,
  };
}

/** As in the field: on a manager its domain and the managers next to it, else the domain. */
function defaultCpus({ desk: { tree, domain, roles } }: Workstation): readonly string[] {
  const own = tree.membersOf(domain).map(({ name }) => name);
  const parent = tree.parentOf(domain);
  const above = parent === undefined ? [] : [roles.managerOf(parent)];
  const below = tree.childrenOf(domain).map(({ name }) => roles.managerOf(name));
  return [...above, ...own, ...below];
}

function banner(station: Workstation): string {
  const { desk } = station;
  const { header } = desk.book.plan;
  const status = desk.book.plan.cpu(desk.self).s;
  const { limit, fence } = status ?? desk.tree.workstation(desk.self);
  if (header === undefined) return `No plan yet on ${desk.self}.`;
  const { date } = dateTime(station, header.madeAtMs);
  const lives = status?.jobman ? 'LIVES' : 'is down';
  const run = `Schedule ${date} (#${header.plan.run}) on ${desk.self}.`;
  return `${run}  Batchman ${lives}.  Limit: ${limit}, Fence: ${fence}`;
}

export function dateTime(
  { options }: Workstation,
  atMs: number,
): { readonly date: string; readonly time: string } {
  const local = new Date(atMs + options.utcOffsetMinutes() * 60_000).toISOString();
  const [year = '', month = '', day = ''] = local.slice(0, 10).split('-');
  return { date: `${month}/${day}/${year.slice(2)}`, time: local.slice(11, 16) };
}

function notes(
  waitsFor: readonly string[],
  pending: readonly string[],
  why: string | null,
): string {
  const marks = pending.map((text) => `[${text}]`);
  return [...marks, ...waitsFor, ...(why === null ? [] : [why])].join(' ');
}
