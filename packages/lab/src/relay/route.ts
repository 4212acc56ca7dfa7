import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { Connection } from './connection.ts';
import type { Cuts } from './cuts.ts';

/** The way from one host to a plugin on another: the relay listens on a port of its own for it. */
export interface RouteName {
  readonly from: string;
  readonly to: string;
  readonly plugin: string;
}

/** Where a plugin of a host listens at present; undefined while it does not run. Never rejects. */
export type FindPort = (host: string, plugin: string) => Promise<number | undefined>;

const LOOPBACK = '127.0.0.1';

/** Connections of one route that are open at once; more are reset. */
const MAX_CONNECTIONS = 10_000;

/** Connections that wait in a silent cut to be dialed on; the oldest is reset when there are more. */
const MAX_WAITING = 2_000;

/** Pending connections that the system keeps for a route. */
const BACKLOG = 1_024;

/** One listening port of the relay and the connections that came in on it. */
export class Route {
  readonly name: RouteName;
  private readonly cuts: Cuts;
  private readonly findPort: FindPort;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  /** Dialed during a silent cut: held, and never open on the far side. */
  private readonly waiting = new Set<Socket>();
  /** Accepted, and being dialed on. */
  private readonly dialing = new Set<Socket>();

  constructor(name: RouteName, cuts: Cuts, findPort: FindPort) {
    this.name = name;
    this.cuts = cuts;
    this.findPort = findPort;
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (dialer) =>
      this.accept(dialer),
    );
  }

  /** Starts to listen on `port`, 0 for one that the system chooses. Resolves to the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: LOOPBACK, port, backlog: BACKLOG }, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Makes what is open follow the cuts as they are now. */
  follow(): void {
    const forward = this.cuts.way(this.name.from, this.name.to);
    const backward = this.cuts.way(this.name.to, this.name.from);
    if (forward === 'refused' || backward === 'refused') {
      this.resetAll();
      return;
    }
    for (const connection of this.connections) {
      connection.hold(forward === 'held', backward === 'held');
    }
    if (forward === 'open') this.resetWaiting();
  }

  /** Connections through this route at present, those that wait in a cut included. */
  get open(): number {
    return this.connections.size + this.waiting.size + this.dialing.size;
  }

  close(): Promise<void> {
    this.resetAll();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private accept(dialer: Socket): void {
    dialer.on('error', () => dialer.destroy());
    const { from, to } = this.name;
    const forward = this.cuts.way(from, to);
    if (forward === 'refused' || this.cuts.way(to, from) === 'refused') dialer.resetAndDestroy();
    else if (this.open >= MAX_CONNECTIONS) dialer.resetAndDestroy();
    else if (forward === 'held') this.wait(dialer);
    else void this.dial(dialer);
  }

  private wait(dialer: Socket): void {
    this.waiting.add(dialer);
    dialer.once('close', () => this.waiting.delete(dialer));
    const [oldest] = this.waiting;
    if (this.waiting.size > MAX_WAITING) oldest?.resetAndDestroy();
  }

  private async dial(dialer: Socket): Promise<void> {
    this.dialing.add(dialer);
    const port = await this.findPort(this.name.to, this.name.plugin);
    if (port === undefined || dialer.destroyed) {
      this.giveUp(dialer);
      return;
    }
    const target = connect({ host: LOOPBACK, port, allowHalfOpen: true });
    const refused = () => this.giveUp(dialer);
    target.once('error', refused);
    target.once('connect', () => {
      target.off('error', refused);
      if (!this.dialing.delete(dialer) || dialer.destroyed) target.resetAndDestroy();
      else this.join(dialer, target);
    });
  }

  private giveUp(dialer: Socket): void {
    this.dialing.delete(dialer);
    dialer.resetAndDestroy();
  }

  private join(dialer: Socket, target: Socket): void {
    const connection = new Connection(dialer, target, () => this.connections.delete(connection));
    this.connections.add(connection);
    const { from, to } = this.name;
    connection.hold(this.cuts.way(from, to) === 'held', this.cuts.way(to, from) === 'held');
  }

  private resetAll(): void {
    for (const connection of this.connections) connection.reset();
    for (const dialer of this.dialing) this.giveUp(dialer);
    this.resetWaiting();
  }

  private resetWaiting(): void {
    for (const dialer of this.waiting) dialer.resetAndDestroy();
  }
}
