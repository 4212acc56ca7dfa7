import { resolve } from 'node:path';
import type { CommandCall, CommandHandler, CommandResult } from '@ftctl/sdk';
import type { Station } from '../station.ts';
import type { Workstation } from '../workstation.ts';
import { CHANGES, change, master } from './change.ts';
import { doctor } from './doctor.ts';
import { commandErrors } from './errors.ts';
import { evtsize } from './evtsize.ts';
import { log } from './log.ts';
import { switchmgr, voters } from './operate.ts';
import { request, requestsResult } from './request.ts';
import { showcpus, showjobs, showschedules } from './show.ts';

/** Handlers of `ftctl tws ...`, by the names in the manifest. */
export function tws(host: Station): Readonly<Record<string, CommandHandler>> {
  const station = (): Workstation => {
    const found = host.workstation;
    if (found === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
    return found;
  };
  const changed = { start: change('start', station) };
  const changes = Object.keys(CHANGES).map((name) => [name, change(name, station)] as const);
  return {
    ...Object.fromEntries(changes),
    start: (call) => start(host, call, changed.start),
    switchmgr: (call) => switchmgr(host, call),
    voters: (call) => voters(host, call),
    doctor: () => doctor(host),
    showcpus: (call) => showcpus(station(), call),
    showjobs: (call) => showjobs(station(), call),
    showschedules: (call) => showschedules(station(), call),
    jnextday: (call) => jnextday(host, station(), call),
    evtsize: (call) => evtsize(station(), call),
    log: (call) => log(station(), call),
  };
}

/** `start`, and for this workstation alone `--mgr` and `--demgr`. */
async function start(
  host: Station,
  call: CommandCall,
  plain: CommandHandler,
): Promise<CommandResult> {
  const { mgr, demgr } = call.options;
  if (mgr !== true && demgr !== true) return plain(call);
  const found = host.workstation;
  if (found === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
  const { self, domain } = found.desk;
  if (typeof call.args.workstation === 'string' && call.args.workstation.toUpperCase() !== self) {
    throw commandErrors.ARGUMENT({
      what: 'start',
      why: '--mgr and --demgr are for this workstation',
    });
  }
  if (demgr === true) {
    await host.restart({ demgr: true });
    return {
      data: { demgr: true },
      text: `${self} is isolated until it hears who manages ${domain}`,
    };
  }
  host.switching?.give(domain, { kind: 'start-mgr' });
  return { data: { mgr: true }, text: `${self} leaves isolation as manager of ${domain}` };
}

async function jnextday(
  host: Station,
  station: Workstation,
  call: CommandCall,
): Promise<CommandResult> {
  const { plan } = call.options;
  if (typeof plan === 'string') {
    const { roles, self } = station.desk;
    if (master(station) !== self || !roles.acting()) {
      const why = `give the file on the master, ${master(station)}, when it acts`;
      throw commandErrors.ARGUMENT({ what: '--plan', why });
    }
    await station.definitions.set(await host.readPlan(resolve(call.cwd, plan)));
  }
  const result = await request(station, master(station), { c: 'jnextday' });
  return requestsResult([result], { strict: call.options.strict === true });
}
