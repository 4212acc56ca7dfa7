import { identityText } from '@ftctl/plan';
import { refusals, refused } from '../../src/core/refusals.ts';
import type { TwsNetwork } from './tws-network.ts';

/** Said by others of a request whose own answer was lost: no execution. */
const { code: ANSWER_LOST } = refused(refusals.ANSWER_LOST());

/**
 * Sees which requests were executed more than once: each execution is answered
 * by a message, so two answers to one request that came to others are two
 * executions. An owner that lost its disk may have executed what it forgot.
 */
export function watchExecutions(network: TwsNetwork): void {
  const { world } = network;
  const answers = new Map<string, string>();
  network.onOpened(({ mailman }) => {
    const take = mailman.take.bind(mailman);
    mailman.take = (tx, envelope) => {
      const acceptance = take(tx, envelope);
      const { message } = envelope;
      if (acceptance !== 'accept' || message.event.k !== 'answer') return acceptance;
      const { outcome } = message.event;
      if (!outcome.ok && outcome.code === ANSWER_LOST) return acceptance;
      const of = identityText(message.event.of);
      const answer = identityText(message);
      const other = answers.get(of) ?? answer;
      answers.set(of, other);
      const hasLost = world.history
        .of('loss')
        .some(({ host }) => host === network.hostOf(message.ws));
      if (other !== answer && !hasLost) {
        world.problem(`twice: request ${of} was executed twice, as ${other} and ${answer} say`);
      }
      return acceptance;
    };
  });
}
