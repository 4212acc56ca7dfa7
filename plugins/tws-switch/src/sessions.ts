import type { PlanId, WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Peer, type Timer } from '@ftctl/sdk';
import {
  closeRequest,
  goneBeats,
  type OpenAnswer,
  type OpenQuestion,
  openRequest,
  type Pulse,
  pulseBeats,
} from './channels.ts';
import { type Connection, connectionsFrom, governorOf, linkerOf } from './core/connections.ts';
import { noSession, refusals } from './core/refusals.ts';
import { type Desk, isEnhanced, peerOf } from './desk.ts';

const TICK_MS = 250;
const PULSE_MS = 1_000;
/** Between two tries to open a session. */
const RETRY_MS = 500;
const OPEN_TIMEOUT_MS = 2_000;

/** What the sessions need of the rest of the workstation. */
export interface SessionHooks {
  /** Facts for the question that opens a session. */
  introduce(): Pick<OpenQuestion, 'inc' | 'nonce' | 'lastId' | 'plan' | 'topology'>;
  /** What is known here of the asker. */
  knownOf(ws: WorkstationName, nonce: string): OpenAnswer['known'];
  /** The newest plan on this disk. */
  stored(): PlanId;
  /** A peer works with this plan. */
  hasPlan(plan: PlanId, ws: WorkstationName): void;
  /** Why a peer gets no session now. */
  refusal(question: OpenQuestion): OpenAnswer['refused'];
  /** The answer tells what the peer knows of us; false ends the session. */
  accepted(to: WorkstationName, answer: OpenAnswer): boolean;
  /** A session of ours is open, or has ended: shipping starts and stops. */
  opened(connection: Connection): void;
  closed(connection: Connection): void;
  /** Something is other than before: what this end believes of its connections. */
  changed(): void;
}

interface Outgoing {
  readonly connection: Connection;
  state: 'closed' | 'opening' | 'open';
  session: string;
  nextTryMs: number;
  nextPulseMs: number;
  /** When it was last open; at first, when it was wanted. */
  openMs: number;
  /** Why it is not open. */
  why: string;
}

interface Incoming {
  session: string;
  heardMs: number;
  /** Refused for now, and its writer waits for the time-out. */
  lingers: boolean;
  peer: Peer;
}

/** A connection as `doctor` shows it. */
export interface SessionStatus {
  readonly to: WorkstationName;
  readonly kind: Connection['kind'];
  readonly open: boolean;
  readonly why?: string;
}

/**
 * Keeps this workstation's connections: opens those that its place in the tree
 * asks for, and knows which of others into it are open.
 */
export class Sessions {
  readonly #desk: Desk;
  readonly #hooks: SessionHooks;
  readonly #out = new Map<WorkstationName, Outgoing>();
  readonly #in = new Map<WorkstationName, Incoming>();
  #tickTimer: Timer | undefined;
  #stopped = false;

  constructor(desk: Desk, hooks: SessionHooks) {
    this.#desk = desk;
    this.#hooks = hooks;
  }

  start(): void {
    this.#tick();
  }

  stop(): void {
    this.#stopped = true;
    this.#tickTimer?.cancel();
    for (const outgoing of this.#out.values()) this.#close(outgoing, 'stopped');
  }

  isOpen(to: WorkstationName): boolean {
    return this.#out.get(to)?.state === 'open';
  }

  /** Whether no session of ours into it has been open for so long, or none is wanted. */
  isAway(ws: WorkstationName, afterMs = this.#desk.settings.linkTimeoutMs): boolean {
    const outgoing = this.#out.get(ws);
    if (outgoing === undefined) return true;
    const forMs = this.#desk.ctx.clock.monotonic() - outgoing.openMs;
    return outgoing.state !== 'open' && forMs >= afterMs;
  }

  /** Workstations into which a session of ours is, or is wanted. */
  get neighbours(): readonly WorkstationName[] {
    return [...this.#out.keys()];
  }

  /** Workstations into which a session of ours is open, by name. */
  get out(): readonly WorkstationName[] {
    return [...this.#out].flatMap(([to, { state }]) => (state === 'open' ? [to] : [])).sort();
  }

  /** Workstations with a session into us, by name. */
  get in(): readonly WorkstationName[] {
    return [...this.#in.keys()].sort();
  }

  status(): readonly SessionStatus[] {
    return [...this.#out.values()].map(({ connection: { to, kind }, state, why }) => ({
      to,
      kind,
      open: state === 'open',
      ...(state === 'open' ? {} : { why }),
    }));
  }

  /** Looks at once at what should be open: after an epoch, a plan or a link state has changed. */
  refresh(): void {
    if (!this.#stopped) this.#sweep(this.#desk.ctx.clock.monotonic());
  }

  /** Ends the sessions with all peers, both ways; they are tried again. */
  dropAll(why: string): void {
    for (const outgoing of this.#out.values()) {
      if (outgoing.state !== 'open') continue;
      this.#close(outgoing, why);
      if (this.#in.delete(outgoing.connection.to)) this.#hooks.changed();
    }
  }

  /** A connection to a host came up or went down. */
  peerChanged(host: string, up: boolean): void {
    for (const [to, outgoing] of this.#out) {
      if (this.#desk.tree.workstation(to).node !== host) continue;
      if (!up) this.#close(outgoing, 'the link is down');
      else if (outgoing.state === 'closed') outgoing.nextTryMs = 0;
    }
    if (up) this.refresh();
  }

  /** The other side of `openRequest`. */
  answer(question: OpenQuestion, from: Peer): OpenAnswer {
    const { tree, roles, ctx } = this.#desk;
    const base = {
      epochs: roles.epochs(),
      plan: this.#hooks.stored(),
    };
    const ws = tree.topology.workstations.get(question.from);
    if (ws?.node !== from.host) {
      const names = { host: from.host, workstation: question.from };
      return { ...base, refused: noSession(refusals.NOT_ITS_NODE(names)) };
    }
    for (const [domain, epoch] of Object.entries(question.epochs)) void roles.heard(domain, epoch);
    const known = this.#hooks.knownOf(question.from, question.nonce);
    const told = { ...base, epochs: roles.epochs(), ...(known === undefined ? {} : { known }) };
    const refused = this.#unlinkedRefusal(question.from) ?? this.#hooks.refusal(question);
    const incoming = {
      session: question.session,
      heardMs: ctx.clock.monotonic(),
      lingers: refused?.code === 'FT_TWS_NOT_INITIALISED',
      peer: from,
    };
    if (refused === undefined || incoming.lingers) this.#in.set(question.from, incoming);
    this.#hooks.changed();
    return refused === undefined ? told : { ...told, refused };
  }

  closedByPeer(session: string, from: Peer): void {
    for (const [ws, incoming] of this.#in) {
      if (incoming.session !== session || incoming.peer.host !== from.host) continue;
      this.#in.delete(ws);
      this.#hooks.changed();
    }
  }

  pulse({ session, plan }: Pulse, from: Peer): void {
    for (const [ws, incoming] of this.#in) {
      if (incoming.session !== session || incoming.peer.host !== from.host) continue;
      if (!incoming.lingers) incoming.heardMs = this.#desk.ctx.clock.monotonic();
      this.#hooks.hasPlan(plan, ws);
      return;
    }
    this.#desk.ctx.link.beat(goneBeats, { host: from.host }, { session, plan });
  }

  /** The other side does not know a session of ours any more. */
  gone(session: string, from: Peer): void {
    for (const [to, outgoing] of this.#out) {
      const isIts = this.#desk.tree.workstation(to).node === from.host;
      if (isIts && outgoing.session === session) this.#close(outgoing, 'the other side began anew');
    }
  }

  /** The workstation that a peer speaks for, when it has a session into us. */
  openFrom(ws: WorkstationName): boolean {
    const incoming = this.#in.get(ws);
    return incoming !== undefined && !incoming.lingers;
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#tickTimer = this.#desk.ctx.clock.setTimer(TICK_MS, () => this.#tick());
    const nowMs = this.#desk.ctx.clock.monotonic();
    this.#sweep(nowMs);
    this.#forgetSilent(nowMs);
  }

  #sweep(nowMs: number): void {
    const desk = this.#desk;
    const managerOf = (domain: string) => desk.roles.managerOf(domain);
    const wanted = new Map<WorkstationName, Connection>();
    for (const one of connectionsFrom(desk.tree, desk.self, managerOf, isEnhanced(desk))) {
      const governor = governorOf(desk.tree, one, managerOf);
      if (this.#isLinked(governor) && this.#isKept(one)) wanted.set(one.to, one);
    }
    // One that was unlinked hears of it when it next says that it lives.
    for (const ws of [...this.#in.keys()]) {
      if (this.#unlinkedRefusal(ws) === undefined) continue;
      this.#in.delete(ws);
      this.#hooks.changed();
    }
    for (const [to, outgoing] of this.#out) {
      if (wanted.get(to)?.kind === outgoing.connection.kind) continue;
      this.#close(outgoing, 'not wanted');
      this.#out.delete(to);
    }
    for (const [to, connection] of wanted) {
      const outgoing = this.#out.get(to) ?? this.#newOutgoing(connection);
      if (outgoing.state === 'closed' && nowMs >= outgoing.nextTryMs) void this.#open(outgoing);
      else if (outgoing.state === 'open' && nowMs >= outgoing.nextPulseMs) {
        this.#sendPulse(outgoing, nowMs);
      }
    }
  }

  #newOutgoing(connection: Connection): Outgoing {
    const outgoing: Outgoing = {
      connection,
      state: 'closed',
      session: '',
      nextTryMs: 0,
      nextPulseMs: 0,
      openMs: this.#desk.ctx.clock.monotonic(),
      why: 'not tried yet',
    };
    this.#out.set(connection.to, outgoing);
    return outgoing;
  }

  async #open(outgoing: Outgoing): Promise<void> {
    const { ctx, self, roles } = this.#desk;
    const { to } = outgoing.connection;
    const session = ctx.random.id();
    outgoing.state = 'opening';
    outgoing.session = session;
    let why: string;
    try {
      const answer = await ctx.link.request(
        openRequest,
        peerOf(this.#desk, to),
        { from: self, session, epochs: roles.epochs(), ...this.#hooks.introduce() },
        { timeoutMs: OPEN_TIMEOUT_MS },
      );
      if (this.#stopped || outgoing.session !== session) return;
      for (const [domain, epoch] of Object.entries(answer.epochs)) void roles.heard(domain, epoch);
      // What was heard may have changed what this workstation connects to.
      if (outgoing.session !== session) return;
      why = answer.refused?.why ?? '';
      if (this.#hooks.accepted(to, answer) && answer.refused === undefined) {
        this.#opened(outgoing);
        return;
      }
    } catch (error) {
      if (outgoing.session !== session) return;
      if (!isFtError(error)) throw error;
      why = describeError(error);
    }
    outgoing.state = 'closed';
    outgoing.why = why;
    outgoing.nextTryMs = ctx.clock.monotonic() + RETRY_MS;
  }

  #opened(outgoing: Outgoing): void {
    const nowMs = this.#desk.ctx.clock.monotonic();
    outgoing.state = 'open';
    outgoing.why = '';
    this.#sendPulse(outgoing, nowMs);
    this.#hooks.opened(outgoing.connection);
    this.#hooks.changed();
  }

  #close(outgoing: Outgoing, why: string): void {
    const { session, state } = outgoing;
    outgoing.session = '';
    outgoing.state = 'closed';
    outgoing.why = why;
    outgoing.nextTryMs = this.#desk.ctx.clock.monotonic() + RETRY_MS;
    if (state !== 'open') return;
    outgoing.openMs = this.#desk.ctx.clock.monotonic();
    this.#hooks.closed(outgoing.connection);
    this.#hooks.changed();
    // Only a courtesy: without it the other side notices by silence.
    this.#desk.ctx.link
      .request(closeRequest, peerOf(this.#desk, outgoing.connection.to), { session })
      .catch((error: unknown) => {
        this.#desk.ctx.log.debug(`close not told: ${describeError(error)}`);
      });
  }

  #sendPulse(outgoing: Outgoing, nowMs: number): void {
    outgoing.nextPulseMs = nowMs + PULSE_MS;
    const { link } = this.#desk.ctx;
    const { plan } = this.#hooks.introduce();
    const pulse = { session: outgoing.session, plan };
    link.beat(pulseBeats, peerOf(this.#desk, outgoing.connection.to), pulse);
  }

  #forgetSilent(nowMs: number): void {
    const limitMs = this.#desk.settings.linkTimeoutMs;
    let changed = false;
    for (const [ws, { heardMs }] of this.#in) {
      if (nowMs - heardMs < limitMs) continue;
      this.#in.delete(ws);
      changed = true;
    }
    if (changed) this.#hooks.changed();
  }

  /** By the original's rule a secondary connection lives only as long as the main one beside it. */
  #isKept({ to, kind }: Connection): boolean {
    const { settings, tree, roles } = this.#desk;
    if (kind !== 'secondary' || !settings.classicLinks) return true;
    return this.isOpen(roles.managerOf(tree.domainOf(to)));
  }

  #unlinkedRefusal(from: WorkstationName): OpenAnswer['refused'] {
    const { tree, self, roles } = this.#desk;
    const managerOf = (domain: string) => roles.managerOf(domain);
    const governor = governorOf(tree, { from, to: self }, managerOf);
    // Whoever says whether it is linked knows better, and can tell only when it is let in.
    if (this.#isLinked(governor) || linkerOf(tree, governor, managerOf) === from) return undefined;
    return noSession(refusals.UNLINKED({ workstation: governor }));
  }

  /** Whether an operator, or `autolink`, lets this workstation be linked. */
  #isLinked(ws: WorkstationName): boolean {
    const { book, tree } = this.#desk;
    return book.plan.cpu(ws).linked?.linked ?? tree.workstation(ws).autolink;
  }
}
