import type { Call, Context } from '../context.ts';
import { type DirOption, labOf } from '../lab-dir.ts';

interface DownOptions extends DirOption {
  readonly rm?: boolean;
}

/** `ftctl lab down`. */
export async function run(
  { out, io }: Context,
  { options }: Call<DownOptions>,
): Promise<undefined> {
  const lab = await labOf(io, options);
  const remove = options.rm === true;
  await lab.down({ remove });
  const { dir } = lab.paths;
  await out.result({ dir, removed: remove }, () =>
    remove ? `The lab has ended, and ${dir} is gone.` : `The lab has ended. ${dir} is kept.`,
  );
}
