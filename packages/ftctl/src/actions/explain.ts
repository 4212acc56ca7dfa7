import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { findExplanation } from '../explanations.ts';

/** `ftctl explain ID`. */
export async function run(
  { out, paths }: Context,
  { args }: Call<unknown>,
): Promise<number | undefined> {
  const id = (args[0] ?? '').toUpperCase();
  const { found, problems } = await findExplanation(id, paths.home);
  if (!found) {
    const { code, message, action } = cliErrors.NOT_EXPLAINED({ id });
    const why = problems.length === 0 ? '' : `\n${problems.join('\n')}`;
    await out.result(
      { id, error: { code, message, action }, problems },
      () => `${message}. ${action}${why}`,
    );
    return EXIT.problems;
  }
  await out.result(found, () =>
    [
      `${out.paint('bold', found.id)}  ${found.text}`,
      `from ${found.from}`,
      '',
      `Meaning:  ${found.meaning}`,
      `What to do:  ${found.action}`,
    ].join('\n'),
  );
  return EXIT.ok;
}
