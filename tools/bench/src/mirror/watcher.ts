import { connect, type Socket } from 'node:net';

/** What watchers saw. */
export interface WatchersSaw {
  /** Milliseconds of each question until the whole answer. */
  readonly times: readonly number[];
  /** Questions that were not answered, or not with a plan. */
  readonly failed: number;
  readonly bytes: number;
}

/** What a page asks while somebody looks at it. */
const QUESTIONS = ['plan', 'plan', 'jobs?limit=100', 'streams?limit=100', 'workstations'];
const STATUS = /^HTTP\/1\.1 (200|304) /;
const LENGTH = /\r\ncontent-length: (\d+)\r\n/i;
const TAG = /\r\netag: ([^\r]+)\r\n/i;
const END_OF_HEAD = '\r\n\r\n';

/**
 * One page that is open, as a browser asks: one connection, tags of what it has.
 * A thousand of them stand for as many machines and run on the one that is
 * measured, so they spend as little as may be: no client of HTTP, two system
 * calls a question.
 */
export class Watcher {
  #times: number[] = [];
  #failed = 0;
  #bytes = 0;
  #socket: Socket | undefined;
  readonly #url: URL;
  readonly #tags = new Map<string, string>();
  readonly #head: string;
  #next = Math.floor(Math.random() * QUESTIONS.length);
  #answered: (answer: Answer | undefined) => void = () => undefined;
  #pieces = '';
  #isWaiting = false;

  constructor(address: string, token: string) {
    this.#url = new URL(address);
    this.#head = `host: ${this.#url.host}\r\nauthorization: Bearer ${token}\r\naccept-encoding: gzip\r\n`;
  }

  /** What it saw since it told the last time. */
  tell(): WatchersSaw {
    const saw = { times: this.#times, failed: this.#failed, bytes: this.#bytes };
    this.#times = [];
    this.#failed = 0;
    this.#bytes = 0;
    return saw;
  }

  /** Does nothing while the question before is not answered. */
  async ask(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const question = QUESTIONS[this.#next % QUESTIONS.length] ?? '';
    this.#next += 1;
    const beganMs = performance.now();
    const answer = await this.#get(question);
    this.#isWaiting = false;
    this.#times.push(performance.now() - beganMs);
    if (answer === undefined) this.#failed += 1;
    else {
      this.#bytes += answer.bytes;
      if (answer.tag !== undefined) this.#tags.set(question, answer.tag);
    }
  }

  #get(question: string): Promise<Answer | undefined> {
    const socket = this.#connected();
    const tag = this.#tags.get(question);
    const has = tag === undefined ? '' : `if-none-match: ${tag}\r\n`;
    this.#pieces = '';
    return new Promise((resolve) => {
      this.#answered = resolve;
      socket.write(`GET /api/plan-mirror/${question} HTTP/1.1\r\n${this.#head}${has}\r\n`);
    });
  }

  /** The connection; a new one where the server has closed it. */
  #connected(): Socket {
    if (this.#socket !== undefined && !this.#socket.destroyed) return this.#socket;
    const { port, hostname } = this.#url;
    const socket = connect(Number(port), hostname).setEncoding('latin1').setNoDelay(true);
    socket.on('data', (piece: string) => this.#take(piece));
    socket.on('error', () => this.#answered(undefined));
    socket.on('close', () => this.#answered(undefined));
    this.#socket = socket;
    return socket;
  }

  #take(piece: string): void {
    this.#pieces += piece;
    const answer = answerIn(this.#pieces);
    if (answer !== 'part') this.#answered(answer);
  }
}

interface Answer {
  readonly tag: string | undefined;
  readonly bytes: number;
}

/** @returns `part` of what is not there whole; undefined for what is no plan */
function answerIn(text: string): Answer | undefined | 'part' {
  const end = text.indexOf(END_OF_HEAD);
  if (end < 0) return 'part';
  const head = text.slice(0, end + 2);
  const status = STATUS.exec(head)?.[1];
  if (status === undefined) return undefined;
  const length = status === '304' ? '0' : LENGTH.exec(head)?.[1];
  if (length === undefined) return undefined;
  const bytes = end + END_OF_HEAD.length + Number(length);
  return text.length < bytes ? 'part' : { tag: TAG.exec(head)?.[1], bytes };
}
