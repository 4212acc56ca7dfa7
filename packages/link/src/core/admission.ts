import { type FtError, linkErrors } from '@ftctl/sdk';
import type { Hello } from './control-frames.ts';
import { MAX_KNOWN_PEERS, PROTOCOL } from './limits.ts';

/**
 * Decides on a connection by its hello. Of several connections of one peer the
 * newest counts: one that was dialed earlier, and only now gets through, must
 * not push out its successor.
 */
export interface AdmissionState {
  /** By peer and lane; the one heard of longest ago first. */
  readonly known: ReadonlyMap<string, KnownPeer>;
}

interface KnownPeer {
  readonly incarnation: string;
  readonly epoch: number;
  readonly attempt: number;
  /** Our number of the connection, while it lasts. */
  readonly connection?: number;
}

export interface Self {
  readonly host: string;
  readonly plugin: string;
}

export type Admission =
  | {
      readonly kind: 'accept';
      readonly version: number;
      /** Our number of the older connection that this one takes the place of. */
      readonly replaces?: number;
    }
  | {
      readonly kind: 'refuse';
      readonly error: FtError;
      /** It says that it is another host than it is. */
      readonly isOffence: boolean;
    };

export interface AdmissionStep {
  readonly state: AdmissionState;
  readonly admission: Admission;
}

export const NOBODY_KNOWN: AdmissionState = { known: new Map() };

/** @param provedHost whom the caller's certificate names; undefined where links have no TLS */
export function admit(
  self: Self,
  state: AdmissionState,
  hello: Hello,
  connection: number,
  provedHost?: string,
): AdmissionStep {
  if (provedHost !== undefined && provedHost !== hello.host) {
    const why = `the caller says that it is ${hello.host}, its certificate is of ${provedHost}`;
    const error = linkErrors.REFUSED({ host: self.host, plugin: self.plugin, why });
    return { state, admission: { kind: 'refuse', error, isOffence: true } };
  }
  const key = keyOf(hello);
  const known = state.known.get(key);
  const why = reasonAgainst(self, hello, known);
  if (why !== undefined) {
    const error = linkErrors.REFUSED({ host: self.host, plugin: self.plugin, why });
    return { state, admission: { kind: 'refuse', error, isOffence: false } };
  }
  const { incarnation, epoch, attempt } = hello;
  const next = new Map(state.known);
  next.delete(key);
  next.set(key, { incarnation, epoch, attempt, connection });
  forgetOldest(next);
  const replaces = known?.connection;
  const version = Math.min(hello.maxVersion, PROTOCOL.max);
  return {
    state: { known: next },
    admission: { kind: 'accept', version, ...(replaces === undefined ? {} : { replaces }) },
  };
}

/** The connection has ended; what it was stays known. */
export function depart(state: AdmissionState, hello: Hello, connection: number): AdmissionState {
  const key = keyOf(hello);
  const known = state.known.get(key);
  if (known?.connection !== connection) return state;
  const { connection: _ended, ...rest } = known;
  return { known: new Map(state.known).set(key, rest) };
}

function reasonAgainst(self: Self, hello: Hello, known: KnownPeer | undefined): string | undefined {
  if (hello.minVersion > PROTOCOL.max || hello.maxVersion < PROTOCOL.min) {
    const theirs = `${hello.minVersion} to ${hello.maxVersion}`;
    return `it speaks protocol ${PROTOCOL.min} to ${PROTOCOL.max}, the caller ${theirs}`;
  }
  if (hello.toHost !== self.host || hello.toPlugin !== self.plugin) {
    return `the caller wanted ${hello.toHost}/${hello.toPlugin}`;
  }
  if (hello.host === self.host && hello.plugin === self.plugin) {
    return `the caller has the same name, ${self.host}/${self.plugin}`;
  }
  if (known === undefined || known.incarnation !== hello.incarnation) return undefined;
  const older =
    hello.epoch < known.epoch || (hello.epoch === known.epoch && hello.attempt <= known.attempt);
  return older ? 'a newer connection of the same caller was seen before' : undefined;
}

function keyOf(hello: Hello): string {
  return `${hello.lane}/${hello.host}/${hello.plugin}`;
}

function forgetOldest(known: Map<string, KnownPeer>): void {
  if (known.size <= MAX_KNOWN_PEERS) return;
  for (const [key, peer] of known) {
    if (peer.connection !== undefined) continue;
    known.delete(key);
    return;
  }
}
