import {
  ASK_TIMEOUT_MS,
  type AskOptions,
  type CapabilityAnswer,
  type CapabilityOperation,
  capabilityErrors,
  describeError,
  isFtError,
} from '@ftctl/sdk';
import { callPlugin } from '../control/call.ts';
import { hostErrors } from '../errors.ts';
import { homePaths } from '../paths.ts';
import type { PluginSpec } from '../plugin-spec.ts';

/** What a plugin asks another one of its host, on that one's control socket. */
export interface CapabilityQuestion {
  readonly capability: string;
  readonly operation: string;
  readonly question: unknown;
  /** Id of the plugin that asks. */
  readonly from: string;
}

/** Errors of the way there, which the asker need not tell apart. */
const AWAY = [
  'FT_HOST_DOWN',
  'FT_HOST_NOT_ANSWERING',
  'FT_HOST_CUT',
  'FT_HOST_PROTOCOL',
  'FT_HOST_NO_OPERATION',
];

/** Asks the provider in its own process; errors as `PluginContext.ask`. */
export async function askProvider<Q, R>(
  spec: Pick<PluginSpec, 'plugin' | 'home' | 'capabilities'>,
  { capability, operation, answer }: CapabilityOperation<Q, R>,
  question: Q,
  { timeoutMs = ASK_TIMEOUT_MS }: AskOptions = {},
): Promise<R> {
  const offer = spec.capabilities.find(({ name, version }) => `${name}@${version}` === capability);
  if (offer === undefined) throw capabilityErrors.NOT_PROVIDED({ capability });
  const names = { provider: offer.provider, capability, operation };
  const asked: CapabilityQuestion = { capability, operation, question, from: spec.plugin };
  let value: unknown;
  try {
    value = await callPlugin(homePaths(spec.home), offer.provider, 'ask', asked, { timeoutMs });
  } catch (error) {
    if (!AWAY.some((code) => isFtError(error, code))) throw error;
    throw capabilityErrors.AWAY({ ...names, why: describeError(error) }, error);
  }
  try {
    return answer(value);
  } catch (error) {
    throw capabilityErrors.BAD_ANSWER({ ...names, why: describeError(error) }, error);
  }
}

/** The other side: finds what answers it. @throws FtError FT_CAPABILITY_NOT_ANSWERED, or what the plugin throws */
export async function answerQuestion(
  answers: readonly CapabilityAnswer[],
  provider: string,
  { capability, operation, question, from }: CapabilityQuestion,
): Promise<unknown> {
  const found = answers.find((one) => one.capability === capability && one.operation === operation);
  if (found === undefined) {
    throw capabilityErrors.NOT_ANSWERED({ provider, capability, operation });
  }
  return await found.handle(question, { plugin: from });
}

/** The question in a call's parameters. @throws FtError FT_HOST_BAD_REQUEST */
export function capabilityQuestion(params: unknown): CapabilityQuestion {
  const { capability, operation, question, from } = (params ?? {}) as Partial<CapabilityQuestion>;
  if (typeof capability !== 'string' || typeof operation !== 'string' || typeof from !== 'string') {
    throw hostErrors.BAD_REQUEST({
      op: 'ask',
      why: 'capability, operation and from must be texts',
    });
  }
  return { capability, operation, question, from };
}
