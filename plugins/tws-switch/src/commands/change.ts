import type { Command, Dependency, WorkstationName } from '@ftctl/plan';
import type { CommandCall, CommandHandler, CommandResult } from '@ftctl/sdk';
import { selectJobs, selectStreams, selectWorkstations } from '../core/conman/select.ts';
import { linkerOf } from '../core/connections.ts';
import { viewOf } from '../desk.ts';
import type { Workstation } from '../workstation.ts';
import { commandErrors } from './errors.ts';
import { request, requestsResult } from './request.ts';
import { selectionOf } from './selection.ts';

/** Objects that one command may change at once. */
const MAX_OBJECTS = 1_000;

type Asked = readonly { readonly owner: WorkstationName; readonly command: Command }[];

/** Commands that ask the owners of plan objects for a change. */
export const CHANGES: Readonly<Record<string, (station: Workstation, call: CommandCall) => Asked>> =
  {
    cancel: (station, call) =>
      objects(station, call).map(({ owner, target }) => ({
        owner,
        command: { c: 'cancel', target, ...(call.options.pend === true ? { pend: true } : {}) },
      })),
    release: (station, call) =>
      objects(station, call).map(({ owner, target }) => ({
        owner,
        command: { c: 'release', target },
      })),
    altpri: (station, call) => {
      const { text, rest } = split(call);
      const priority = numberOf(rest, 'priority', 0, 101);
      return objectsOf(station, text).map(({ owner, target }) => ({
        owner,
        command: { c: 'altpri', target, priority },
      }));
    },
    rerun: (station, call) =>
      jobs(station, call).map(({ owner, id }) => ({ owner, command: { c: 'rerun', job: id } })),
    kill: (station, call) =>
      jobs(station, call).map(({ owner, id }) => ({ owner, command: { c: 'kill', job: id } })),
    confirm: (station, call) => {
      const { text, rest } = split(call);
      const as = rest.toLowerCase();
      if (as !== 'succ' && as !== 'abend') {
        throw commandErrors.ARGUMENT({ what: 'confirm', why: 'say how it ended: succ or abend' });
      }
      return jobsOf(station, text).map(({ owner, id }) => ({
        owner,
        command: { c: 'confirm', job: id, as },
      }));
    },
    limit: (station, call) => {
      const { text, rest } = split(call);
      const limit = numberOf(rest, 'limit', 0, 1_024);
      if (text.includes('#')) {
        return streamsOf(station, text).map(({ owner, id }) => ({
          owner,
          command: { c: 'streamlimit', stream: id, limit },
        }));
      }
      return cpus(station, text).map((ws) => ({ owner: ws, command: { c: 'limit', ws, limit } }));
    },
    fence: (station, call) => {
      const { text, rest } = split(call);
      const fence = numberOf(rest, 'fence', 0, 101);
      return cpus(station, text).map((ws) => ({ owner: ws, command: { c: 'fence', ws, fence } }));
    },
    reply: (station, call) => {
      const { text, rest } = split(call);
      const answer = rest.toLowerCase();
      if (!['yes', 'no', 'y', 'n'].includes(answer)) {
        throw commandErrors.ARGUMENT({ what: 'reply', why: 'answer yes or no' });
      }
      const prompt = text.toUpperCase();
      if (station.desk.book.plan.prompt(prompt).def === undefined) {
        throw commandErrors.NO_SUCH({ what: 'prompt', text });
      }
      const owner = master(station);
      return [{ owner, command: { c: 'reply', prompt, yes: answer.startsWith('y') } }];
    },
    stop: (station, call) =>
      cpus(station, textOf(call, 'workstation', station.desk.self)).map((ws) => ({
        owner: ws,
        command: { c: 'stop', ws },
      })),
    start: (station, call) =>
      cpus(station, textOf(call, 'workstation', station.desk.self)).map((ws) => ({
        owner: ws,
        command: { c: 'start', ws },
      })),
    unhold: (station, call) =>
      cpus(station, textOf(call, 'workstation', station.desk.self)).map((ws) => ({
        owner: ws,
        command: { c: 'unhold', ws },
      })),
    link: (station, call) => links(station, call, 'link'),
    unlink: (station, call) => links(station, call, 'unlink'),
    submit: (station, call) => [{ owner: master(station), command: submission(station, call) }],
  };

/** Handler of one of them. */
export function change(name: string, running: () => Workstation): CommandHandler {
  return async (call): Promise<CommandResult> => {
    const station = running();
    const asked = CHANGES[name]?.(station, call) ?? [];
    if (asked.length > MAX_OBJECTS) {
      throw commandErrors.TOO_MANY({ count: asked.length, limit: MAX_OBJECTS });
    }
    const results = await Promise.all(
      asked.map(({ owner, command }) => request(station, owner, command)),
    );
    return requestsResult(results, { strict: call.options.strict === true });
  };
}

export function master({ desk }: Workstation): WorkstationName {
  return desk.roles.managerOf(desk.tree.root);
}

function links(station: Workstation, call: CommandCall, c: 'link' | 'unlink'): Asked {
  const { tree, roles } = station.desk;
  return selectOr(station, textOf(call, 'workstation', '')).map((ws) => {
    const owner = linkerOf(tree, ws, (domain) => roles.managerOf(domain));
    if (owner === undefined) {
      throw commandErrors.ARGUMENT({ what: c, why: `${ws} is the master: link what is below it` });
    }
    return { owner, command: { c, ws } };
  });
}

function submission(station: Workstation, call: CommandCall): Command {
  const [first = '', second] = textOf(call, 'job', '').toUpperCase().split('#', 2);
  const ws = second === undefined ? station.desk.self : first;
  if (!station.desk.tree.topology.workstations.has(ws)) {
    throw commandErrors.NO_SUCH({ what: 'workstation', text: ws });
  }
  const { into, command, follows, priority } = call.options;
  if (typeof command !== 'string' || command === '') {
    throw commandErrors.ARGUMENT({ what: 'submit', why: 'say what it runs: --command' });
  }
  const followed = typeof follows === 'string' ? follows.split(',') : [];
  return {
    c: 'submit',
    submission: {
      ws,
      name: second ?? first,
      command,
      ...(typeof into === 'string' ? { into: one(streamsOf(station, into), into).id } : {}),
      follows: followed.flatMap((text) => dependencies(station, text)),
      priority: typeof priority === 'string' ? numberOf(priority, 'priority', 0, 101) : 10,
      recovery: 'stop',
    },
  };
}

function dependencies(station: Workstation, text: string): readonly Dependency[] {
  return objectsOf(station, text).map(({ target }) => target);
}

interface Found {
  readonly owner: WorkstationName;
  readonly id: string;
}

function objects(station: Workstation, call: CommandCall) {
  return objectsOf(station, textOf(call, 'selection', ''));
}

/** Jobs when the selection names jobs, else streams. */
function objectsOf(station: Workstation, text: string) {
  const isJob = selectionOf(text).job !== undefined;
  const found = isJob ? jobsOf(station, text) : streamsOf(station, text);
  const kind = isJob ? ('job' as const) : ('stream' as const);
  return found.map(({ owner, id }) => ({ owner, target: { kind, id } }));
}

function jobs(station: Workstation, call: CommandCall): readonly Found[] {
  return jobsOf(station, textOf(call, 'selection', ''));
}

function jobsOf(station: Workstation, text: string): readonly Found[] {
  const { plan } = station.desk.book;
  const ids = selectJobs(plan, selectionOf(text));
  if (ids.length === 0) throw commandErrors.NO_SUCH({ what: 'job', text });
  return ids.map((id) => ({ id, owner: runner(station, plan.job(id).def?.ws ?? '') }));
}

function streamsOf(station: Workstation, text: string): readonly Found[] {
  const { plan } = station.desk.book;
  const ids = selectStreams(plan, selectionOf(text));
  if (ids.length === 0) throw commandErrors.NO_SUCH({ what: 'stream', text });
  return ids.map((id) => ({ id, owner: runner(station, plan.stream(id).def?.ws ?? '') }));
}

function one(found: readonly Found[], text: string): Found {
  const [first, second] = found;
  if (first === undefined) throw commandErrors.NO_SUCH({ what: 'stream', text });
  if (second !== undefined)
    throw commandErrors.SEVERAL({ text, first: first.id, second: second.id });
  return first;
}

function cpus(station: Workstation, text: string): readonly WorkstationName[] {
  const name = text.replace(/^cpu=/i, '');
  return selectOr(station, name).map((ws) => runner(station, ws));
}

function selectOr({ desk }: Workstation, text: string): readonly WorkstationName[] {
  const found = selectWorkstations(desk.tree, text === '' ? desk.self : text);
  if (found.length === 0) throw commandErrors.NO_SUCH({ what: 'workstation', text });
  return found;
}

function runner({ desk }: Workstation, ws: WorkstationName): WorkstationName {
  return viewOf(desk).runnerOf(ws);
}

/** `limit WS 5`, `limit "WS;5"`. */
function split(call: CommandCall): { readonly text: string; readonly rest: string } {
  const [text = '', joined] = textOf(call, 'selection', '').split(';', 2);
  const rest = joined ?? textOf(call, 'value', '');
  return { text, rest: rest.trim() };
}

function textOf({ args }: CommandCall, name: string, other: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : other;
}

function numberOf(text: string, what: string, from: number, to: number): number {
  const number = what === 'priority' && text === 'hi' ? 100 : text === 'go' ? 101 : Number(text);
  if (text === '' || !Number.isInteger(number) || number < from || number > to) {
    throw commandErrors.ARGUMENT({ what, why: `must be a whole number from ${from} to ${to}` });
  }
  return number;
}
