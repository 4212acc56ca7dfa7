import type { CommandCall, CommandResult, Log } from '@ftctl/sdk';
import type { MessageFile } from '../message-files.ts';
import type { Workstation } from '../workstation.ts';
import { commandErrors } from './errors.ts';

/** As in the field: no message file is smaller. */
const MIN_BYTES = 1_048_576;

/** `evtsize FILE SIZE` and `evtsize --show`: how large the message files may become. */
export async function evtsize(station: Workstation, call: CommandCall): Promise<CommandResult> {
  const files = filesOf(station);
  const { file, size } = call.args;
  if (typeof file !== 'string' || call.options.show === true) return show(station, files);
  const name = file.replace(/\.msg$/, '') as MessageFile;
  const log = files.get(name);
  if (log === undefined) {
    throw commandErrors.ARGUMENT({
      what: 'evtsize',
      why: `known are ${[...files.keys()].join(', ')}`,
    });
  }
  const limitBytes = Number(size);
  if (!Number.isSafeInteger(limitBytes) || limitBytes < MIN_BYTES) {
    throw commandErrors.ARGUMENT({ what: 'evtsize', why: `a size in bytes from ${MIN_BYTES} on` });
  }
  const { desk } = station;
  await desk.commit((tx) => desk.files.resize(tx, name, log, limitBytes));
  return { data: { file, limitBytes }, text: `${file} may hold ${limitBytes} bytes` };
}

function show({ desk }: Workstation, files: ReadonlyMap<MessageFile, Log<unknown>>): CommandResult {
  const rows = [...files].map(([file, log]) => {
    const { first, last, bytes } = log.bounds();
    const cursors = Object.entries(log.cursors()).map(([name, at]) => `${name}: ${last - at}`);
    const limit = desk.files.limitOf(file);
    return { file, records: last - first + 1, bytes, limit, waiting: cursors };
  });
  return {
    data: rows,
    table: {
      columns: ['FILE', 'RECORDS', 'BYTES', 'LIMIT', 'WAITING'],
      rows: rows.map(({ file, records, bytes, limit, waiting }) => [
        file,
        records,
        bytes,
        limit,
        waiting.join(', '),
      ]),
    },
  };
}

function filesOf({ desk }: Workstation): ReadonlyMap<MessageFile, Log<unknown>> {
  const { stores, tree, domain, self } = desk;
  const files = new Map<MessageFile, Log<unknown>>([['own', stores.own]]);
  if (!tree.workstation(self).fullStatus) return files;
  if (domain === tree.root) files.set('mirrorbox', desk.mirrorbox.log);
  files.set('ftup', stores.ftup).set('ftdown', stores.ftdown);
  const parent = tree.parentOf(domain);
  const targets = [
    ...(parent === undefined ? [] : tree.coreOf(parent)),
    ...tree.plainOf(domain),
    ...tree.childrenOf(domain).flatMap(({ name }) => tree.coreOf(name)),
  ];
  for (const target of targets) files.set(`pobox/${target}`, stores.road(target));
  return files;
}
