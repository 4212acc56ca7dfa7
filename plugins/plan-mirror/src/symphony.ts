import {
  checkedAnswer,
  type PlanAnswer,
  type PlanQuestion,
  sourceQuery,
} from '@ftctl/plan/queries';
import { capabilityErrors, describeError, type PluginContext } from '@ftctl/sdk';

/** The scheduler answers few at a time. */
const WITHIN_MS = 5_000;

/**
 * Asks the scheduler itself.
 *
 * @throws FtError FT_SOURCE_BUSY, FT_SOURCE_NOT_MASTER, or of the way there
 */
export async function askSymphony(
  ctx: PluginContext<unknown>,
  question: PlanQuestion,
): Promise<PlanAnswer> {
  const { answer } = await ctx.ask(sourceQuery, question, { timeoutMs: WITHIN_MS });
  try {
    return checkedAnswer(question, answer);
  } catch (error) {
    const { capability, operation } = sourceQuery;
    const names = { provider: 'the scheduler', capability, operation };
    throw capabilityErrors.BAD_ANSWER({ ...names, why: describeError(error) }, error);
  }
}
