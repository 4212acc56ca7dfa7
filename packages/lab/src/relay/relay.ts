import { type Cut, type CutOptions, Cuts } from './cuts.ts';
import { type FindPort, Route, type RouteName } from './route.ts';

/** A route and its port on loopback, which stays the same for as long as the lab exists. */
export interface RoutePort extends RouteName {
  readonly port: number;
}

export interface RelayStatus {
  readonly cuts: readonly Cut[];
  readonly routes: readonly (RoutePort & { readonly connections: number })[];
}

/**
 * Stands between hosts that believe to talk to each other directly. It holds
 * one loopback port per way (from a host, to a plugin on another), finds the
 * plugin's present port when somebody connects, and moves the bytes. So a
 * plugin may come back on another port, and links can be cut without root:
 *
 * - a plain cut resets what is open and what is dialed anew;
 * - a silent cut is a black hole: bytes are not read, connections are accepted
 *   and go nowhere, and no end and no reset passes. At `heal` the connections
 *   that were open go on, with the bytes that their senders' systems still
 *   hold, as after any outage that TCP outlives; those that were dialed
 *   meanwhile, and so never were open on the far side, are reset;
 * - a one-way cut is a silent cut of one direction.
 */
export class Relay {
  private readonly cuts = new Cuts();
  private readonly routes: { readonly route: Route; port: number }[] = [];

  /**
   * Starts to listen on every route; a port of 0 lets the system choose.
   *
   * @throws Error of the system when a given port is taken; nothing listens then
   */
  static async start(
    routes: readonly (RouteName & { readonly port?: number })[],
    findPort: FindPort,
  ): Promise<Relay> {
    const relay = new Relay();
    try {
      for (const { port = 0, ...name } of routes) {
        const route = new Route(name, relay.cuts, findPort);
        relay.routes.push({ route, port: await route.listen(port) });
      }
    } catch (error) {
      await relay.close();
      throw error;
    }
    return relay;
  }

  /** The routes with their ports. */
  ports(): readonly RoutePort[] {
    return this.routes.map(({ route, port }) => ({ ...route.name, port }));
  }

  cut(a: string, b: string, options: CutOptions = {}): void {
    this.cuts.cut(a, b, options);
    this.follow(a, b);
  }

  heal(a: string, b: string): void {
    this.cuts.heal(a, b);
    this.follow(a, b);
  }

  status(): RelayStatus {
    return {
      cuts: this.cuts.list(),
      routes: this.routes.map(({ route, port }) => ({
        ...route.name,
        port,
        connections: route.open,
      })),
    };
  }

  /** Resets every connection and frees the ports. */
  async close(): Promise<void> {
    await Promise.all(this.routes.map(({ route }) => route.close()));
  }

  private follow(a: string, b: string): void {
    for (const { route } of this.routes) {
      const { from, to } = route.name;
      if ((from === a && to === b) || (from === b && to === a)) route.follow();
    }
  }
}
