import {
  ASK_TIMEOUT_MS,
  type AskOptions,
  type Capability,
  type CapabilityOperation,
  capabilityErrors,
  describeError,
  isFtError,
} from '@ftctl/sdk';
import type { SimHost } from './host.ts';
import type { SimProcess } from './process.ts';

/** Virtual milliseconds that a local socket takes for one way. */
const WAY_MS = 0.05;

/**
 * `ctx.ask` of one life of a plugin. Question and answer cross as JSON, each at
 * a moment of its own, so that either side may die or stand still in between.
 */
export function askOnHost<Q, R>(
  host: SimHost,
  asker: SimProcess,
  offers: readonly Capability[],
  { capability, operation, answer }: CapabilityOperation<Q, R>,
  question: Q,
  { timeoutMs = ASK_TIMEOUT_MS }: AskOptions = {},
): Promise<R> {
  if (!asker.call()) return asker.never();
  const offer = offers.find(({ name, version }) => `${name}@${version}` === capability);
  if (offer === undefined) {
    return Promise.reject(capabilityErrors.NOT_PROVIDED({ capability }));
  }
  const names = { provider: offer.provider, capability, operation };
  const away = (why: string) => capabilityErrors.AWAY({ ...names, why });
  const sent = JSON.stringify(question);
  return asker
    .promise<unknown>((resolve, reject) => {
      const { scheduler } = asker;
      const back = (settle: () => void) => void scheduler.after(WAY_MS, asker.actor, settle);
      scheduler.after(timeoutMs, asker.actor, () => reject(away(`no answer in ${timeoutMs} ms`)));
      scheduler.after(WAY_MS, asker.actor, () => {
        const provider = host.plugins.find(({ id }) => id === offer.provider);
        if (provider?.running !== true || !provider.process.alive) {
          back(() => reject(away('it is not running')));
          return;
        }
        const { process, instance } = provider;
        process.onDeath(() => back(() => reject(away('it has ended'))));
        process.enter('delivery', () => {
          const found = instance?.answers?.find(
            (one) => one.capability === capability && one.operation === operation,
          );
          if (found === undefined) {
            back(() => reject(capabilityErrors.NOT_ANSWERED(names)));
            return;
          }
          found.handle(JSON.parse(sent), { plugin: asker.plugin }).then(
            (value) => {
              const answered = JSON.stringify(value ?? null);
              back(() => resolve(JSON.parse(answered)));
            },
            (error: unknown) =>
              back(() => reject(isFtError(error) ? error : away(describeError(error)))),
          );
        });
      });
    })
    .then((value) => {
      try {
        return answer(value);
      } catch (error) {
        throw capabilityErrors.BAD_ANSWER({ ...names, why: describeError(error) }, error);
      }
    });
}
