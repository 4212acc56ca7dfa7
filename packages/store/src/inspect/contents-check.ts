import { isFtError, MAX_LISTED_DAMAGE, type StoreCheck, type StoreDamage } from '@ftctl/sdk';
import { Block } from '../block.ts';
import { decodeNumber, unseal } from '../checksum.ts';
import { KIND, nameOfKey, seqOfBlockKey } from '../keys.ts';
import { decodeSettings } from '../log-settings.ts';
import { decodeLogState, type LogState } from '../log-state.ts';
import { describeKey } from './key-names.ts';

/** A log whose blocks are being passed. */
interface LogProgress {
  readonly name: string;
  readonly state: LogState;
  /** Everything up to it was whole, or has been told. */
  done: number;
}

/**
 * Takes all entries of a store in the order of their keys, and finds what is
 * damaged or missing. Log states come before cursors and blocks, so one pass is
 * enough.
 */
export class ContentsCheck {
  #records = 0;
  #values = 0;
  #bytes = 0;
  #damaged = 0;
  readonly #damage: StoreDamage[] = [];
  readonly #states = new Map<string, LogState | undefined>();
  /** Logs whose blocks have been seen. */
  readonly #passed = new Set<string>();
  #log: LogProgress | undefined;

  /** Bytes of keys and values so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was found to be damaged first. */
  get first(): StoreDamage | undefined {
    return this.#damage[0];
  }

  /** `read` gives the value. */
  take(key: Buffer, read: () => Buffer): void {
    const value = read();
    this.#bytes += key.length + value.length;
    const kind = key[0];
    if (kind !== KIND.block) this.#endLog();
    const what = () => describeKey(key);
    try {
      switch (kind) {
        case KIND.meta:
        case KIND.owner:
          JSON.parse(unseal(key, value, what).toString('utf8'));
          return;
        case KIND.log:
          this.#state(key, value);
          return;
        case KIND.settings:
          decodeSettings(unseal(key, value, what), nameOfKey(key) ?? '');
          return;
        case KIND.cursor:
          this.#stateOf(nameOfKey(key) ?? '');
          decodeNumber(unseal(key, value, what), what);
          break;
        case KIND.mark:
          decodeNumber(unseal(key, value, what), what);
          break;
        case KIND.entry:
          unseal(key, value, what);
          break;
        case KIND.block:
          this.#block(key, value);
          return;
        default:
          this.tell({ what: what(), why: 'nothing of that kind belongs into a store' });
          return;
      }
      this.#values += 1;
    } catch (error) {
      this.#caught(error, what());
    }
  }

  tell(damage: StoreDamage): void {
    this.#damaged += 1;
    if (this.#damage.length < MAX_LISTED_DAMAGE) this.#damage.push(damage);
  }

  end(): StoreCheck {
    this.#endLog();
    for (const [name, state] of this.#states) {
      if (state !== undefined && !this.#passed.has(name))
        this.#missing(name, state.first, state.last);
    }
    return {
      records: this.#records,
      values: this.#values,
      bytes: this.#bytes,
      damaged: this.#damaged,
      damage: this.#damage,
    };
  }

  #state(key: Buffer, value: Buffer): void {
    const name = nameOfKey(key) ?? '';
    this.#states.set(name, undefined);
    this.#states.set(
      name,
      decodeLogState(
        unseal(key, value, () => describeKey(key)),
        name,
      ),
    );
  }

  /** Undefined when its damage has been told. */
  #stateOf(name: string): LogState | undefined {
    if (!this.#states.has(name)) {
      this.#states.set(name, undefined);
      this.tell({ what: `the state of log ${name}`, why: 'it is missing' });
    }
    return this.#states.get(name);
  }

  #block(key: Buffer, value: Buffer): void {
    const name = nameOfKey(key) ?? '';
    if (this.#log?.name !== name) this.#startLog(name);
    const log = this.#log;
    if (log === undefined) return;
    const firstSeq = seqOfBlockKey(key);
    const block = Block.open(firstSeq, key, value);
    if (firstSeq > log.state.last) {
      this.tell({ what: describeKey(key), why: `log ${name} ends at ${log.state.last}` });
      return;
    }
    // What is damaged or missing shows as a gap before the next block that is whole.
    if (block === undefined) return;
    this.#missing(name, log.done + 1, firstSeq - 1);
    const held = Math.min(block.lastSeq, log.state.last);
    this.#records += Math.max(0, held - Math.max(firstSeq, log.state.first) + 1);
    log.done = Math.max(log.done, block.lastSeq);
  }

  #startLog(name: string): void {
    this.#endLog();
    this.#passed.add(name);
    const state = this.#stateOf(name);
    if (state !== undefined) this.#log = { name, state, done: state.first - 1 };
  }

  #endLog(): void {
    const log = this.#log;
    this.#log = undefined;
    if (log !== undefined) this.#missing(log.name, log.done + 1, log.state.last);
  }

  #missing(log: string, from: number, to: number): void {
    if (from > to) return;
    this.tell({
      what: `log ${log}, records ${from} to ${to}`,
      why: 'they are missing, or their checksum does not fit',
    });
  }

  #caught(error: unknown, what: string): void {
    if (isFtError(error, 'FT_STORE_CORRUPT')) {
      const { params } = error;
      this.tell({ what: String(params.what ?? what), why: String(params.why ?? error.message) });
    } else if (error instanceof SyntaxError || error instanceof RangeError) {
      this.tell({ what, why: 'it has an unknown form' });
    } else throw error;
  }
}
