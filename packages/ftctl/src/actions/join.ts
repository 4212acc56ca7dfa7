import { joinHost } from '@ftctl/host/tls';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { showProblem, takeOver } from '../host-reload.ts';
import type { Io } from '../io.ts';
import { showChanges } from '../output/changes.ts';

/** A token has about 300 characters; more than this is something else. */
const MAX_INPUT_BYTES = 4_096;

/** `ftctl join TOKEN`. */
export async function run({ out, paths, io }: Context, { args }: Call<unknown>): Promise<number> {
  const given = args[0] ?? '';
  const joined = await joinHost(paths, given === '-' ? await readToken(io) : given);
  const { changes, problem } = await takeOver(paths);
  const { host, site, serial, expiresAtMs } = joined;
  const expiresAt = new Date(expiresAtMs).toISOString();
  const data = {
    host,
    site: site.site,
    serial,
    expiresAt,
    ...(changes && { changes }),
    ...(problem && { problem }),
  };
  await out.result(data, () => {
    const text = `Host ${host} has joined site ${site.site}; its certificate is valid until ${expiresAt}.`;
    if (problem) return `${text} ${showProblem(problem)}`;
    if (!changes) return `${text} Next: \`ftctl up --detach\`.`;
    return `${text} All its links use TLS now. ${showChanges(changes)}`;
  });
  return problem ? EXIT.problems : EXIT.ok;
}

async function readToken(io: Io): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of io.stdin as AsyncIterable<Buffer | string>) {
    const buffer = Buffer.from(piece);
    bytes += buffer.length;
    if (bytes > MAX_INPUT_BYTES) {
      throw cliErrors.USAGE({
        why: `standard input has over ${MAX_INPUT_BYTES} bytes, which is no token`,
        help: 'ftctl join',
      });
    }
    pieces.push(buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}
