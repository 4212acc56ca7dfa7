import { createHash } from 'node:crypto';
import type { SeededRandom, SimProcess, World } from '@ftctl/sim';
import { WORLD_EPOCH_MS } from '@ftctl/sim';
import type { ProbeIo, SyslogReceiver } from '../../src/io/io.ts';

/** What the kernel keeps for a process that does not read, in messages. */
const SOCKET_BUFFER_MESSAGES = 270;

interface Listening {
  readonly process: SimProcess;
  readonly receiver: SyslogReceiver;
  unread: number;
}

/** The senders' network in the simulated world: UDP-like, each probe reached on its own. */
export class SyslogNetwork {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #listening = new Map<string, Listening>();
  /** Share of messages lost on the way to each host. */
  readonly loss = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('syslog');
  }

  /** The outside world of one life of a probe. */
  ioOf(process: SimProcess): ProbeIo {
    return {
      digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
      utcOffsetMinutes: () => 0,
      listenSyslog: async (_options, receiver) => {
        this.#listening.set(process.host, { process, receiver, unread: 0 });
        return {
          udpPort: 514,
          tcpPort: 0,
          pause: () => undefined,
          resume: () => undefined,
          close: async () => {
            this.#listening.delete(process.host);
          },
        };
      },
    };
  }

  /** Sends one message to a host; `received` is called when its probe has read it. */
  send(host: string, message: string, received: (process: SimProcess) => void): void {
    const delayMs = this.#random.between(0.1, 20);
    if (this.#random.chance(this.loss.get(host) ?? 0)) return;
    this.#world.after(delayMs, () => {
      const listening = this.#listening.get(host);
      if (listening === undefined || !listening.process.alive) return;
      if (listening.unread >= SOCKET_BUFFER_MESSAGES) return;
      listening.unread += 1;
      listening.process.enter('delivery', () => {
        listening.unread -= 1;
        received(listening.process);
        listening.receiver.message(new TextEncoder().encode(message), '10.0.0.9', 'udp');
        if (listening.unread === 0) listening.receiver.drained();
      });
    });
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A message as real senders write it. */
export function syslogMessage(
  style: 'rfc3164' | 'rfc5424' | 'bare',
  text: string,
  worldNowMs: number,
): string {
  const at = new Date(WORLD_EPOCH_MS + worldNowMs);
  if (style === 'bare') return `<13>${text}`;
  if (style === 'rfc5424') return `<13>1 ${at.toISOString()} node app - - - ${text}`;
  const day = String(at.getUTCDate()).padStart(2, ' ');
  return `<13>${MONTHS[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)} node app: ${text}`;
}
