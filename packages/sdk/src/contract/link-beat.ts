import type { PeerStatus } from '../link.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { LinkHarness, LinkHostName } from './link-harness.ts';
import { ensureThrows, PATIENCE_MS, pulse } from './link-tools.ts';

/** Beats, and what a plugin is told about its links. */
export const beatCases: readonly ContractCase<LinkHarness>[] = [
  {
    requirement: 'a beat reaches the peer, who is told who sent it',
    async run(net) {
      const [a, b] = [net.host('a'), net.host('b')];
      const heard: string[] = [];
      b.link.onBeat(pulse, (value, from) => {
        heard.push(`${value} ${from.host}/${from.plugin} ${from.incarnation}`);
      });
      await sendBeat(net, 'a', 'b', 'one');
      await net.until('the beat arrives', PATIENCE_MS, () => heard.length > 0);
      ensureEqual(heard, [`one a/${a.plugin} ${a.store.incarnation}`], 'beat and sender');
    },
  },
  {
    requirement: 'without a link a beat is dropped, said so, and never sent later',
    async run(net) {
      const heard: string[] = [];
      net.host('b').link.onBeat(pulse, (value) => heard.push(value));
      await sendBeat(net, 'a', 'b', 'before');
      await net.until('the first beat arrives', PATIENCE_MS, () => heard.length > 0);
      await net.cut('a', 'b', 'reset');
      const { link } = net.host('a');
      await net.until(
        'the beat is refused',
        PATIENCE_MS,
        () => !link.beat(pulse, { host: 'b' }, 'lost'),
      );
      const handedOver = link.beat(pulse, { host: 'b' }, 'dropped');
      ensure(!handedOver, 'a beat without a link answers false');
      await net.heal('a', 'b');
      await sendBeat(net, 'a', 'b', 'after');
      await net.until('the last beat arrives', PATIENCE_MS, () => heard.includes('after'));
      ensure(!heard.includes('dropped'), 'a dropped beat stays dropped');
    },
  },
  {
    requirement: 'a beat to a host outside the directory answers false; one beyond its size throws',
    async run(net) {
      const { link } = net.host('a');
      ensure(!link.beat(pulse, { host: 'ghost' }, 'x'), 'nobody is there');
      const huge = 'x'.repeat(1024 * 1024);
      ensureThrows(() => link.beat(pulse, { host: 'b' }, huge), 'FT_LINK_TOO_LARGE', 'a huge beat');
    },
  },
  {
    requirement: 'every listener of a channel hears its beats, and no other channel',
    async run(net) {
      const heard: string[] = [];
      const { link } = net.host('b');
      link.onBeat(pulse, (value) => heard.push(`one ${value}`));
      link.onBeat(pulse, (value) => heard.push(`two ${value}`));
      link.onBeat({ ...pulse, name: 'contract.other' }, (value) => heard.push(`other ${value}`));
      await sendBeat(net, 'a', 'b', 'x');
      await net.until('the beat arrives', PATIENCE_MS, () => heard.length > 1);
      ensureEqual(heard, ['one x', 'two x'], 'both listeners of the channel, once each');
    },
  },
  ...(['reset', 'silent'] as const).map((how) => ({
    requirement: `a ${how} cut is noticed in time, and the link comes back after it`,
    async run(net: LinkHarness) {
      const { link } = net.host('a');
      const changes: PeerStatus[] = [];
      link.onPeer((status) => changes.push(status));
      await sendBeat(net, 'a', 'b', 'x');
      await net.until('up', PATIENCE_MS, () => statusOf(net, 'a', 'b')?.up === true);
      ensure(changes.at(-1)?.up === true, 'onPeer tells that the link is up');
      await net.cut('a', 'b', how);
      await net.until('down', net.noticeLimitMs, () => statusOf(net, 'a', 'b')?.up === false);
      const told = changes.at(-1);
      ensure(told?.up === false && told.host === 'b', 'onPeer tells that the link is down');
      ensure((told?.reason ?? '') !== '', 'a link that is down has a reason');
      await net.heal('a', 'b');
      await net.until('up again', PATIENCE_MS, () => statusOf(net, 'a', 'b')?.up === true);
    },
  })),
];

function statusOf(net: LinkHarness, of: LinkHostName, to: LinkHostName): PeerStatus | undefined {
  return net
    .host(of)
    .link.peers()
    .find((peer) => peer.host === to);
}

/** Tries until a link takes the beat; one try is enough for the link to come up. */
async function sendBeat(
  net: LinkHarness,
  from: LinkHostName,
  to: LinkHostName,
  value: string,
): Promise<void> {
  const { link } = net.host(from);
  await net.until('a link takes the beat', PATIENCE_MS, () =>
    link.beat(pulse, { host: to }, value),
  );
}
