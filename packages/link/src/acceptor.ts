import { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import { admit, depart, NOBODY_KNOWN } from './core/admission.ts';
import type { BulkFrame } from './core/bulk-frames.ts';
import { type ControlFrame, clipError, type Hello } from './core/control-frames.ts';
import { IncomingLane, type Offers } from './incoming.ts';
import type { Listener, Transport } from './io/transport.ts';
import type { Positions } from './positions.ts';

/** Takes connections of peers: hello, admission, then what their lane brings. */
export class Acceptor {
  readonly #context: LinkContext;
  readonly #offers: Offers;
  readonly #positions: Positions;
  readonly #connections = new Map<number, Connection>();
  #known = NOBODY_KNOWN;
  #nextConnection = 1;
  #listener: Listener | undefined;

  constructor(context: LinkContext, offers: Offers, positions: Positions) {
    this.#context = context;
    this.#offers = offers;
    this.#positions = positions;
  }

  /** The port that is bound. @throws FtError FT_LINK_NOT_LOOPBACK, FT_LINK_LISTEN */
  async listen(address: string, port: number): Promise<number> {
    const { network, strangerOffences, timing } = this.#context;
    this.#listener = await network.listen({
      address,
      port,
      handshakeLimitMs: timing.handshakeLimitMs,
      accept: (transport, greeted) => this.#accept(transport, greeted),
      offended: (from, why) => strangerOffences.report(from, why),
    });
    return this.#listener.port;
  }

  async stop(): Promise<void> {
    for (const connection of [...this.#connections.values()]) connection.close('this side stops');
    await this.#listener?.close();
  }

  #accept(transport: Transport, greeted: () => void): void {
    const id = this.#nextConnection;
    this.#nextConnection += 1;
    let hello: Hello | undefined;
    let lane: IncomingLane | undefined;
    const connection: Connection = new Connection(this.#context, transport, false, {
      control: (frame: ControlFrame) => {
        if (lane !== undefined) {
          lane.control(frame);
        } else if (frame.type !== 'hello') {
          connection.offend(`sent ${frame.type} before its hello`);
        } else {
          hello = frame;
          lane = this.#greet(id, connection, frame);
          if (lane !== undefined) greeted();
        }
      },
      bulk: (frame: BulkFrame) => {
        if (lane !== undefined) lane.bulk(frame);
        else connection.offend(`sent ${frame.kind} before its hello`);
      },
      ended: (why) => {
        this.#connections.delete(id);
        if (hello === undefined) return;
        this.#known = depart(this.#known, hello, id);
        const fields = { lane: hello.lane, why };
        this.#context.log.info(`connection of ${connection.peer} ended: ${why}`, fields);
      },
    });
    this.#connections.set(id, connection);
  }

  #greet(id: number, connection: Connection, hello: Hello): IncomingLane | undefined {
    const { log, peerOffences, self, store } = this.#context;
    const step = admit(self, this.#known, hello, id, connection.provedHost);
    this.#known = step.state;
    const { admission } = step;
    const isLiar = admission.kind === 'refuse' && admission.isOffence;
    if (!isLiar) connection.identify(`${hello.host}/${hello.plugin}`);
    if (admission.kind === 'refuse') {
      const { error } = admission;
      log.warn(`refused ${connection.peer}: ${error.message}`, { code: error.code });
      if (isLiar) peerOffences.report(`${connection.provedHost}`, error.message);
      connection.send({ type: 'refusal', error: clipError(error.toJSON()) });
      connection.close(error.message);
      return undefined;
    }
    if (admission.replaces !== undefined) {
      this.#connections.get(admission.replaces)?.cut('a newer connection took its place');
    }
    const { incarnation } = store;
    connection.send({ type: 'welcome', version: admission.version, incarnation });
    connection.watch();
    const { host, plugin } = hello;
    const from = { host, plugin, incarnation: hello.incarnation };
    return new IncomingLane(
      this.#context,
      connection,
      hello.lane,
      from,
      this.#offers,
      this.#positions,
    );
  }
}
