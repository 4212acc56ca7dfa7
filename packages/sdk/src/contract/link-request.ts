import { text } from '../codec.ts';
import type { Peer, RequestChannel } from '../link.ts';
import { storeErrors } from '../store-errors.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { LinkHarness } from './link-harness.ts';
import { echo, ensureRejected, ensureThrows, PATIENCE_MS } from './link-tools.ts';

/** Question and answer. */
export const requestCases: readonly ContractCase<LinkHarness>[] = [
  {
    requirement: 'a request is answered by the peer, who is told who asks',
    async run(net) {
      const [a, b] = [net.host('a'), net.host('b')];
      let asker: Peer | undefined;
      b.link.serve(echo, (question, from) => {
        asker = from;
        return `${question}!`;
      });
      const answer = await net.within(PATIENCE_MS, a.link.request(echo, { host: 'b' }, 'hello'));
      ensureEqual(answer, 'hello!', 'the answer reaches the asker');
      const expected = { host: 'a', plugin: a.plugin, incarnation: a.store.incarnation };
      ensureEqual(asker, expected, 'the peer learns host, plugin and incarnation of the asker');
    },
  },
  {
    requirement: 'many requests at once each get their own answer',
    async run(net) {
      net.host('b').link.serve(echo, async (question) => `b:${question}`);
      net.host('a').link.serve(echo, (question) => `a:${question}`);
      const asked = Array.from({ length: 50 }, (_, n) => [
        net.host('a').link.request(echo, { host: 'b' }, String(n)),
        net.host('b').link.request(echo, { host: 'a' }, String(n)),
      ]).flat();
      const answers = await net.within(PATIENCE_MS, Promise.all(asked));
      const expected = Array.from({ length: 50 }, (_, n) => [`b:${n}`, `a:${n}`]).flat();
      ensureEqual(answers, expected, 'answers and questions belong together, in both directions');
    },
  },
  {
    requirement: 'an error of the answering side reaches the asker',
    async run(net) {
      const coded: RequestChannel<string, string> = { ...echo, name: 'contract.coded' };
      const plain: RequestChannel<string, string> = { ...echo, name: 'contract.plain' };
      net.host('b').link.serve(coded, () => {
        throw storeErrors.LOG_FULL({ log: 'x', bytes: 2, limit: 1 });
      });
      net.host('b').link.serve(plain, () => Promise.reject(new Error('broken')));
      const { link } = net.host('a');
      const to = { host: 'b' };
      await ensureRejected(net, link.request(coded, to, ''), 'FT_STORE_LOG_FULL', 'coded error');
      await ensureRejected(net, link.request(plain, to, ''), 'FT_LINK_PEER_FAILED', 'other error');
    },
  },
  {
    requirement: 'a request to a host outside the directory, or on an unserved channel, says so',
    async run(net) {
      const { link } = net.host('a');
      const lost = link.request(echo, { host: 'ghost' }, '');
      await ensureRejected(net, lost, 'FT_LINK_UNKNOWN_PEER', 'a host that nobody knows');
      const unserved = link.request(echo, { host: 'b' }, '');
      await ensureRejected(net, unserved, 'FT_LINK_NOT_SERVED', 'a channel without a server');
    },
  },
  {
    requirement: 'a request without an answer ends at its time limit',
    async run(net) {
      const { link } = net.host('a');
      net.host('b').link.serve(echo, () => new Promise<string>(() => undefined));
      const from = net.clock.monotonic();
      const silent = link.request(echo, { host: 'b' }, '', { timeoutMs: 300 });
      await ensureRejected(net, silent, 'FT_LINK_TIMEOUT', 'a peer that never answers');
      const tookMs = net.clock.monotonic() - from;
      ensure(tookMs >= 250 && tookMs < 3_000, `the limit was 300 ms, it took ${tookMs} ms`);
    },
  },
  {
    requirement: 'a request to a host that is down ends with FT_LINK_DOWN',
    async run(net) {
      await net.crash('b');
      const { link } = net.host('a');
      const down = link.request(echo, { host: 'b' }, '', { timeoutMs: 300 });
      await ensureRejected(net, down, 'FT_LINK_DOWN', 'a host that is not there');
    },
  },
  {
    requirement: 'a request waits for the link to come up, within its time limit',
    async run(net) {
      await net.crash('b');
      const answer = net.host('a').link.request(echo, { host: 'b' }, 'x', { timeoutMs: 8_000 });
      const b = await net.start('b', 'kept');
      b.link.serve(echo, (question) => `late ${question}`);
      ensureEqual(await net.within(PATIENCE_MS, answer), 'late x', 'the late peer answers');
    },
  },
  {
    requirement: 'a question or an answer beyond the size limit is refused, and the link goes on',
    async run(net) {
      const { link } = net.host('a');
      const huge = 'x'.repeat(32 * 1024 * 1024);
      net.host('b').link.serve(echo, (question) => (question === 'huge' ? huge : question));
      const to = { host: 'b' };
      await ensureRejected(net, link.request(echo, to, huge), 'FT_LINK_TOO_LARGE', 'a question');
      await ensureRejected(net, link.request(echo, to, 'huge'), 'FT_LINK_TOO_LARGE', 'an answer');
      const answer = await net.within(PATIENCE_MS, link.request(echo, to, 'small'));
      ensureEqual(answer, 'small', 'a later request is answered');
    },
  },
  {
    requirement: 'a channel has one server and a proper name',
    async run(net) {
      const { link } = net.host('a');
      link.serve(echo, (question) => question);
      ensureThrows(() => link.serve(echo, () => ''), 'FT_LINK_MISUSE', 'a second server');
      const named = (name: string) => ({ name, question: text, answer: text });
      for (const name of ['', 'Upper', 'with space', 'x'.repeat(65), 'a/b']) {
        ensureThrows(() => link.serve(named(name), () => ''), 'FT_LINK_MISUSE', `name "${name}"`);
      }
      link.serve(named('x'.repeat(64)), () => '');
    },
  },
];
