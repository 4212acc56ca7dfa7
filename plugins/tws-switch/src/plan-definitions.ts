import {
  checked,
  type Definitions,
  isNewer,
  NO_VERSION,
  type Version,
  type WorkstationName,
} from '@ftctl/plan';
import { parseDefinitions, renderDefinitions } from '@ftctl/plan/files';
import { json, type Table, type Transaction } from '@ftctl/sdk';
import * as v from 'valibot';
import {
  DEFINITIONS_PIECE,
  type DefinitionsPage,
  type DefinitionsQuestion,
  definitionsRequest,
  MAX_DEFINITIONS_PIECES,
} from './channels.ts';
import { messageChecksum } from './core/checksum.ts';
import { type Desk, peerOf } from './desk.ts';
import { ONLY } from './stores.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const headSchema = v.strictObject({
  version: v.strictObject({ era: count, n: count }),
  pieces: count,
  /** Checksum of this host's plan file as it was when these were stored: only another one counts. */
  file: v.exactOptional(v.string()),
});
type Head = v.InferOutput<typeof headSchema>;

/** How those that this workstation keeps are called in messages about them. */
const STORED = 'the stored definitions';

/**
 * What the site runs each day, as whoever may be master keeps it: the text of a
 * plan file in the store, which goes with the plan from the master to its
 * full-status agents. So a new master plans on with what the old one had.
 */
export class PlanDefinitions {
  readonly #desk: Desk;
  readonly #head: Table<Head>;
  readonly #pieces: Table<string>;
  readonly #file: Definitions | undefined;
  #known: { readonly version: Version; readonly definitions: Definitions } | undefined;

  /** @param file what this host's plan file says, when it has one */
  constructor(desk: Desk, file: Definitions | undefined) {
    this.#desk = desk;
    this.#file = file;
    const { store } = desk.ctx;
    this.#head = store.table(
      'DefinitionsHead',
      json('the head of definitions', (row) => checked(headSchema, row)),
    );
    this.#pieces = store.table(
      'Definitions',
      json('a piece of definitions', (row) => checked(v.string(), row)),
    );
  }

  /** Of what is stored here. */
  get version(): Version {
    return this.#head.get(ONLY)?.version ?? NO_VERSION;
  }

  /**
   * What the master plans by: its plan file, when that is another than it was, or
   * what it has stored. Undefined when there is neither.
   *
   * @throws FtError FT_PLAN_DEFINITIONS when it does not fit the topology any more
   */
  forPlan(tx: Transaction): Definitions | undefined {
    const head = this.#head.get(ONLY);
    const file = this.#fileId();
    if (this.#file !== undefined && head?.file !== file) {
      this.#put(tx, renderDefinitions(this.#file), this.#next(), file);
      return this.#file;
    }
    if (head === undefined) return undefined;
    if (this.#known === undefined || !sameVersion(this.#known.version, head.version)) {
      const definitions = parseDefinitions(this.#text(head), STORED, this.#desk.tree.topology);
      this.#known = { version: head.version, definitions };
    }
    return this.#known.definitions;
  }

  /** `jnextday --plan`: from now on. */
  async set(definitions: Definitions): Promise<void> {
    const text = renderDefinitions(definitions);
    await this.#desk.commit((tx) => this.#put(tx, text, this.#next(), this.#fileId()));
  }

  /** Takes those of the workstation from which a plan is about to be fetched, when they are newer. @throws FtError */
  async follow(from: WorkstationName): Promise<void> {
    const { ctx } = this.#desk;
    const peer = peerOf(this.#desk, from);
    const have = this.version;
    let text = '';
    for (let piece = 0; piece < MAX_DEFINITIONS_PIECES; piece += 1) {
      const page = await ctx.link.request(definitionsRequest, peer, { have, piece });
      if (page.text === undefined) return;
      text += page.text;
      if (page.more) continue;
      const { version } = page;
      const { file = this.#fileId() } = this.#head.get(ONLY) ?? {};
      await this.#desk.commit((tx) => this.#put(tx, text, version, file));
      return;
    }
  }

  /** The other side of `follow`. */
  async page({ have, piece }: DefinitionsQuestion): Promise<DefinitionsPage> {
    // A plan may be known here that is only on its way to the disk, and with it what it was made from.
    if (piece === 0) await this.#desk.commit(() => undefined);
    const head = this.#head.get(ONLY);
    const version = head?.version ?? NO_VERSION;
    if (head === undefined || !isNewer(version, have)) return { version, more: false };
    const text = this.#pieces.get(keyOf(piece)) ?? '';
    return { version, text, more: piece + 1 < head.pieces };
  }

  #put(tx: Transaction, text: string, version: Version, file: string | undefined): void {
    const pieces = Math.ceil(text.length / DEFINITIONS_PIECE);
    const before = this.#head.get(ONLY)?.pieces ?? 0;
    for (let piece = 0; piece < pieces; piece += 1) {
      const at = piece * DEFINITIONS_PIECE;
      tx.put(this.#pieces, keyOf(piece), text.slice(at, at + DEFINITIONS_PIECE));
    }
    for (let piece = pieces; piece < before; piece += 1) tx.delete(this.#pieces, keyOf(piece));
    tx.put(this.#head, ONLY, { version, pieces, ...(file === undefined ? {} : { file }) });
  }

  #next(): Version {
    const { roles, tree } = this.#desk;
    const era = roles.epochOf(tree.root).number;
    const { version } = this;
    return { era, n: version.era === era ? version.n + 1 : 1 };
  }

  #text({ pieces }: Head): string {
    return Array.from({ length: pieces }, (_, at) => this.#pieces.get(keyOf(at)) ?? '').join('');
  }

  #fileId(): string | undefined {
    return this.#file === undefined ? undefined : messageChecksum(renderDefinitions(this.#file));
  }
}

function sameVersion(a: Version, b: Version): boolean {
  return a.era === b.era && a.n === b.n;
}

function keyOf(piece: number): string {
  return String(piece).padStart(6, '0');
}
