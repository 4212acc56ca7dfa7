import type { PlanReader } from '@ftctl/plan/queries';
import type { FacetChange, FacetName, RowChange, SinfoniaHead } from '@ftctl/plan/source';
import type { SeededRandom, SimProcess, World } from '@ftctl/sim';
import type { LanePosition } from '../../src/core/resume.ts';
import type { CopyKey, DatabaseState, FacetRow, MirrorDatabase } from '../../src/database.ts';
import { mirrorErrors } from '../../src/errors.ts';

/** Rows of a copy: by table and id, each facet with its version. */
type Rows = Map<string, Map<FacetName, FacetChange>>;

/** What stands in the database of a network; it outlives everybody who writes to it. */
export class SimDatabaseServer {
  readonly copies = new Map<number, Rows>();
  readonly lanes = new Map<number, Map<number, LanePosition>>();
  claimed: CopyKey = { epoch: 0, syncid: 0 };
  shown: CopyKey | undefined;
  /** Refuses every connection. */
  away = false;
  /** Answers nobody until it is not frozen any more. */
  frozen = false;
  /** Highest epoch by which anybody has written. */
  highest = 0;
  /** Transactions that were carried out. */
  transactions = 0;
  readonly world: World;
  readonly #random: SeededRandom;
  readonly #lossChance: number;

  /** @param lossChance of a connection, for each transaction */
  constructor(world: World, lossChance = 0.002) {
    this.world = world;
    this.#lossChance = lossChance;
    this.#random = world.random.fork('database');
  }

  /**
   * A transaction: whole or not at all, some time from now. Whoever waits for it
   * may be told that it failed when it was done.
   */
  transaction<R>(process: SimProcess, change: () => R): Promise<R> {
    if (!process.call()) return process.never();
    return process.promise<R>((resolve, reject) => {
      const gone = () => reject(mirrorErrors.DATABASE({ name: 'sim', why: 'connection lost' }));
      const attempt = () => {
        if (this.away) {
          gone();
          return;
        }
        if (this.frozen) {
          this.world.after(100, attempt);
          return;
        }
        // The server finishes what it was sent, also for one that has died meanwhile.
        let result: R;
        try {
          this.transactions += 1;
          result = change();
        } catch (error) {
          reject(error);
          return;
        }
        if (this.#random.chance(this.#lossChance)) gone();
        else this.world.after(this.#random.between(0.1, 2), () => resolve(result));
      };
      this.world.after(this.#random.between(0.1, 5), attempt);
    });
  }

  rows(syncid: number): Rows {
    const known = this.copies.get(syncid) ?? new Map();
    this.copies.set(syncid, known);
    return known;
  }

  /** Facets of the rows that are shown, for checkers. */
  get visible(): Rows {
    return this.shown === undefined ? new Map() : this.rows(this.shown.syncid);
  }

  /** One source alone may write, and never one of an older epoch than another that has written. */
  check({ epoch, syncid }: CopyKey): void {
    const { epoch: highest, syncid: newest } = this.claimed;
    if (highest > epoch || (highest === epoch && newest > syncid)) {
      const claimed = `${highest}/${newest}`;
      throw mirrorErrors.SUPERSEDED({ claimed, own: `${epoch}/${syncid}` });
    }
  }

  write(syncid: number, change: RowChange): void {
    const rows = this.rows(syncid);
    if ('facet' in change) {
      const key = `${change.facet.split('.')[0]}/${change.id}`;
      const row = rows.get(key) ?? new Map<FacetName, FacetChange>();
      rows.set(key, row);
      const known = row.get(change.facet)?.version;
      const { era, n } = change.version;
      if (known === undefined || era > known.era || (era === known.era && n > known.n)) {
        row.set(change.facet, change);
      }
    } else if ('gone' in change) rows.delete(`${change.gone}/${change.id}`);
  }

  move(syncid: number, position: LanePosition): void {
    const lanes = this.lanes.get(syncid) ?? new Map<number, LanePosition>();
    this.lanes.set(syncid, lanes);
    lanes.set(position.lane, position);
  }
}

/** The database as one life of a mirror sees it. */
export class SimDatabase implements MirrorDatabase {
  readonly name = 'sim';
  readonly reader: PlanReader = {
    overview: () =>
      this.#server.transaction(this.#process, () => {
        const jobs = [...this.#server.visible.keys()].filter((key) => key.startsWith('jobs/'));
        return { run: 0, madeAtMs: 0, jobs: { ALL: jobs.length }, streams: {} };
      }),
    jobs: async () => ({ rows: [] }),
    streams: async () => ({ rows: [] }),
    stream: async () => undefined,
    job: async () => undefined,
    workstations: async () => [],
  };
  readonly #server: SimDatabaseServer;
  readonly #process: SimProcess;

  constructor(server: SimDatabaseServer, process: SimProcess) {
    this.#server = server;
    this.#process = process;
  }

  open(): Promise<void> {
    return this.#server.transaction(this.#process, () => undefined);
  }

  async close(): Promise<void> {
    // A connection that ends does not undo what was done.
  }

  state(): Promise<DatabaseState> {
    return this.#server.transaction(this.#process, () => {
      const { claimed, shown, lanes } = this.#server;
      const known = claimed.syncid === 0 ? {} : { claimed };
      if (shown === undefined) return known;
      const positions = [...(lanes.get(shown.syncid)?.values() ?? [])];
      return { ...known, shown: { ...shown, lanes: positions.sort((a, b) => a.lane - b.lane) } };
    });
  }

  claim(key: CopyKey): Promise<void> {
    return this.#write(key, () => {
      this.#server.claimed = key;
    });
  }

  async load(
    key: CopyKey,
    _head: SinfoniaHead,
    pieces: AsyncIterable<readonly FacetRow[]>,
  ): Promise<void> {
    for await (const piece of pieces) {
      await this.#write(key, () => {
        for (const { facets } of piece) {
          for (const facet of facets) this.#server.write(key.syncid, facet);
        }
      });
    }
  }

  show(key: CopyKey, _head: SinfoniaHead, lanes: readonly LanePosition[]): Promise<void> {
    return this.#write(key, () => {
      for (const lane of lanes) this.#server.move(key.syncid, lane);
      this.#server.shown = key;
    });
  }

  apply(key: CopyKey, changes: readonly RowChange[], position: LanePosition): Promise<void> {
    return this.#write(key, () => {
      for (const change of changes) this.#server.write(key.syncid, change);
      this.#server.move(key.syncid, position);
    });
  }

  sweep(key: CopyKey): Promise<number> {
    return this.#write(key, () => {
      const [old] = [...this.#server.copies.keys()].filter((syncid) => syncid < key.syncid);
      if (old === undefined) return 0;
      this.#server.copies.delete(old);
      return 1;
    });
  }

  facets({ syncid }: CopyKey, stream: string | undefined): Promise<readonly FacetChange[]> {
    return this.#server.transaction(this.#process, () =>
      [...this.#server.rows(syncid)].flatMap(([key, row]) => {
        const [table = '', id = ''] = key.split('/');
        const isJob = table === 'jobs' && id.slice(0, id.lastIndexOf('.')) === stream;
        const isOf = isJob || (table === 'streams' && id === stream);
        const isNetwork = table !== 'jobs' && table !== 'streams';
        return isOf || (stream === undefined && isNetwork) ? [...row.values()] : [];
      }),
    );
  }

  streamIds({ syncid }: CopyKey): Promise<readonly string[]> {
    return this.#server.transaction(this.#process, () =>
      [...this.#server.rows(syncid).keys()].flatMap((key) =>
        key.startsWith('streams/') ? [key.slice('streams/'.length)] : [],
      ),
    );
  }

  #write<R>(key: CopyKey, write: () => R): Promise<R> {
    return this.#server.transaction(this.#process, () => {
      this.#server.check(key);
      if (key.epoch < this.#server.highest) {
        this.#server.world.problem(
          `fence: epoch ${key.epoch} writes after ${this.#server.highest}`,
        );
      }
      this.#server.highest = key.epoch;
      return write();
    });
  }
}
