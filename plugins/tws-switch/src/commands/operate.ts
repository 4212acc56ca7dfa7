import type { CommandCall, CommandResult } from '@ftctl/sdk';
import { type OperateAnswer, type OperateQuestion, operateRequest } from '../channels.ts';
import { peerOf } from '../desk.ts';
import { operate } from '../operating.ts';
import type { Station } from '../station.ts';
import { commandErrors } from './errors.ts';

/** Longer than the switch itself may take. */
const ANSWER_MS = 20_000;

/** `switchmgr DOMAIN NEWMGR`, also as `"DOMAIN;NEWMGR"`. */
export async function switchmgr(station: Station, call: CommandCall): Promise<CommandResult> {
  const [first = '', joined] = textOf(call, 'domain').toUpperCase().split(';', 2);
  const newManager = joined ?? textOf(call, 'newmgr').toUpperCase();
  const { tree, roles, self } = workstation(station).desk;
  const domain = tree.topology.domains.get(first);
  if (domain === undefined) throw commandErrors.NO_SUCH({ what: 'domain', text: first });
  const isDry = call.options.dryRun === true;
  const nearest = tree.coreOf(domain.name).includes(self) ? self : roles.managerOf(domain.name);
  const target = newManager === '' && isDry ? nearest : newManager;
  const ws = tree.topology.workstations.get(target);
  if (ws === undefined) throw commandErrors.NO_SUCH({ what: 'workstation', text: target });
  if (ws.domain !== domain.name || !ws.fullStatus) {
    const agents = tree.coreOf(domain.name).join(', ');
    const why = `${ws.name} is no full-status agent of ${domain.name}: one of ${agents} can take over`;
    throw commandErrors.ARGUMENT({ what: 'switchmgr', why });
  }
  const question: OperateQuestion = {
    operation: isDry ? 'forecast' : 'switchmgr',
    domain: domain.name,
    force: call.options.force === true,
  };
  return result(await ask(station, ws.name, question));
}

/** `voters DOMAIN [--add WS | --remove WS]`. */
export async function voters(station: Station, call: CommandCall): Promise<CommandResult> {
  const { tree, roles } = workstation(station).desk;
  const name = textOf(call, 'domain').toUpperCase();
  if (!tree.topology.domains.has(name)) throw commandErrors.NO_SUCH({ what: 'domain', text: name });
  const { add, remove } = call.options;
  for (const one of [add, remove]) {
    if (typeof one === 'string' && !tree.topology.workstations.has(one.toUpperCase())) {
      throw commandErrors.NO_SUCH({ what: 'workstation', text: one });
    }
  }
  const isChange = typeof add === 'string' || typeof remove === 'string';
  return result(
    await ask(station, roles.managerOf(name), {
      operation: isChange ? 'voters' : 'forecast',
      domain: name,
      ...(typeof add === 'string' ? { add: add.toUpperCase() } : {}),
      ...(typeof remove === 'string' ? { remove: remove.toUpperCase() } : {}),
    }),
  );
}

async function ask(
  station: Station,
  ws: string,
  question: OperateQuestion,
): Promise<OperateAnswer> {
  const { desk } = workstation(station);
  if (ws === desk.self) return operate(station, question);
  return desk.ctx.link.request(operateRequest, peerOf(desk, ws), question, {
    timeoutMs: ANSWER_MS,
  });
}

function result({ ok, text, details }: OperateAnswer): CommandResult {
  return {
    data: { ok, text, ...(details === undefined ? {} : { details }) },
    text,
    exitCode: ok ? 0 : 1,
  };
}

function workstation(station: Station) {
  const found = station.workstation;
  if (found === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
  return found;
}

function textOf({ args }: CommandCall, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}
