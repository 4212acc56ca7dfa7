import { initHome } from '@ftctl/host';
import type { Call, Context } from '../context.ts';

/** `ftctl init --name NAME`. */
export async function run(
  { out, paths }: Context,
  { options }: Call<{ readonly name: string }>,
): Promise<undefined> {
  const made = await initHome({ home: paths.home, name: options.name });
  const data = { host: options.name, home: made.home, config: made.config };
  await out.result(
    data,
    () =>
      `Host ${options.name} has its home in ${made.home}.\n` +
      'Next: `ftctl plugin add NAME`, then `ftctl up --detach`.',
  );
}
