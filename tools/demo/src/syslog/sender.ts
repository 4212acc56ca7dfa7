import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends each line to every target, like a syslog daemon with several destinations. */
export interface Sender {
  /** What sends, in words. */
  readonly name: string;
  send(line: string): void;
  close(): Promise<void>;
}

/** `logger` of this machine where it can send over UDP, else a sender of our own. */
export async function openSender(ports: readonly number[]): Promise<Sender> {
  return hasLogger() ? openLoggers(ports) : openOwnSender(ports);
}

/** The program name in every message. */
export const PROGRAM = 'demo';

function hasLogger(): boolean {
  const { status, stdout } = spawnSync('logger', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux');
}

/** One `logger` process per target, fed line by line. */
export async function openLoggers(ports: readonly number[]): Promise<Sender> {
  const loggers = ports.map((port) => {
    const target = ['--udp', '--server', '127.0.0.1', '--port', String(port)];
    const style = ['--rfc3164', '--tag', PROGRAM, '--priority', 'user.notice'];
    // A dead probe makes it complain for every line: that is expected here.
    return spawn('logger', [...target, ...style], { stdio: ['pipe', 'ignore', 'ignore'] });
  });
  await Promise.all(loggers.map((logger) => once(logger, 'spawn')));
  return {
    name: 'logger (util-linux), RFC 3164 over UDP',
    send(line) {
      for (const logger of loggers) logger.stdin?.write(`${line}\n`);
    },
    async close() {
      await Promise.all(loggers.map(endLogger));
    },
  };
}

async function endLogger(logger: ChildProcess): Promise<void> {
  if (logger.exitCode !== null || logger.signalCode !== null) return;
  const gone = once(logger, 'exit');
  logger.stdin?.end();
  await gone;
}

/** A sender of our own: one socket, the same bytes to every target. */
export async function openOwnSender(ports: readonly number[]): Promise<Sender> {
  const socket = createSocket('udp4');
  // A dead probe's port answers with an error, which is no matter of the sender.
  socket.on('error', () => undefined);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    name: 'own sender, RFC 3164 over UDP',
    send(line) {
      const message = Buffer.from(`<13>${stamp(new Date())} sender ${PROGRAM}: ${line}`);
      for (const port of ports) socket.send(message, port, '127.0.0.1');
    },
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 3164, section 4.1.2: local time, the day padded with a blank. */
function stamp(at: Date): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) =>
    String(n).padStart(2, '0'),
  );
  return `${MONTHS[at.getMonth()]} ${String(at.getDate()).padStart(2, ' ')} ${time.join(':')}`;
}

/** A stream of lines at a steady rate, counted by what was sent. */
export class SteadyStream {
  readonly sent: string[] = [];
  readonly #sender: Sender;
  readonly #lines: readonly string[];
  readonly #perSecond: number;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(sender: Sender, lines: readonly string[], perSecond: number) {
    this.#sender = sender;
    this.#lines = lines;
    this.#perSecond = perSecond;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends it; resolves when the last line was handed over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    while (!this.#stopped) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * this.#perSecond);
      while (this.sent.length < due) {
        const line = this.#lines[this.sent.length % this.#lines.length] ?? '';
        this.#sender.send(line);
        this.sent.push(line);
      }
      await sleep(5);
    }
  }
}
