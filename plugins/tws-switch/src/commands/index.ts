import type { CommandCall, CommandHandler, CommandResult } from '@ftctl/sdk';
import { parseSelection, selectJobs } from '../core/conman/select.ts';
import type { Workstation } from '../workstation.ts';
import { CHANGES, change, master } from './change.ts';
import { commandErrors } from './errors.ts';
import { evtsize } from './evtsize.ts';
import { request, requestsResult } from './request.ts';
import { showcpus, showjobs, showschedules } from './show.ts';

/** Handlers of `ftctl tws ...`, by the names in the manifest. */
export function tws(
  running: () => Workstation | undefined,
): Readonly<Record<string, CommandHandler>> {
  const station = (): Workstation => {
    const found = running();
    if (found === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
    return found;
  };
  const changes = Object.keys(CHANGES).map((name) => [name, change(name, station)] as const);
  return {
    ...Object.fromEntries(changes),
    showcpus: (call) => showcpus(station(), call),
    showjobs: (call) => showjobs(station(), call),
    showschedules: (call) => showschedules(station(), call),
    jnextday: (call) => jnextday(station(), call),
    evtsize: (call) => evtsize(station(), call),
    log: (call) => log(station(), call),
  };
}

async function jnextday(station: Workstation, call: CommandCall): Promise<CommandResult> {
  const result = await request(station, master(station), { c: 'jnextday' });
  return requestsResult([result], { strict: call.options.strict === true });
}

async function log(station: Workstation, call: CommandCall): Promise<CommandResult> {
  const { plan } = station.desk.book;
  const text = typeof call.args.job === 'string' ? call.args.job : '';
  const [id, another] = selectJobs(plan, parseSelection(text));
  if (id === undefined) throw commandErrors.NO_SUCH({ what: 'job', text });
  if (another !== undefined) throw commandErrors.SEVERAL({ text, first: id, second: another });
  const attempt = Number(call.options.attempt ?? plan.job(id).s?.attempt ?? 0);
  let from = 0;
  for (;;) {
    const { bytes, next } = await station.options.runner.readLog({ job: id, attempt }, from);
    if (bytes.length === 0) break;
    call.write(bytes);
    from = next;
  }
  return { data: { job: id, attempt, bytes: from }, text: '' };
}
