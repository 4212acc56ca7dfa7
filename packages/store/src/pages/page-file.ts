import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { storeErrors } from '@ftctl/sdk';
import { HEAD_BYTES, type Head, headsFit, readHead } from './head.ts';

/** Bytes in front of what a page holds. */
export const PAGE_HEADER_BYTES = 24;

/** How often heads that change while they are read are read again. */
const HEAD_TRIES = 10;

/** What makes a page unusable, in words. */
export class PageDamage extends Error {
  override readonly name = 'PageDamage';
}

/**
 * An LMDB file, read page by page without LMDB, which takes its pages for
 * granted: one that is damaged ends the process with a signal there, and is told
 * in words here.
 */
export class PageFile {
  readonly file: string;
  /** Size when it was opened. */
  readonly size: number;
  readonly #descriptor: number;
  #head: Head;

  private constructor(file: string, descriptor: number) {
    this.file = file;
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
    this.#head = this.newestHead();
  }

  /** @throws FtError FT_STORE_CORRUPT, or what the operating system says */
  static open(file: string): PageFile {
    const descriptor = openSync(file, 'r');
    try {
      return new PageFile(file, descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** The head that pages are read by. */
  get head(): Head {
    return this.#head;
  }

  /** Goes on with the newest head. */
  renew(): Head {
    this.#head = this.newestHead();
    return this.#head;
  }

  /** @throws FtError FT_STORE_CORRUPT */
  newestHead(): Head {
    const [first, second] = this.#heads();
    if (!headsFit(first, second)) throw this.#corrupt('its heads are not of one history');
    const newest = second.transaction > first.transaction ? second : first;
    const { root } = newest.main;
    if (root !== undefined && (root + 1) * newest.pageBytes > fstatSync(this.#descriptor).size) {
      throw this.#corrupt(`it was cut short to ${this.size} bytes`);
    }
    return newest;
  }

  /**
   * Bytes from the start of a page on.
   *
   * @throws PageDamage when the file does not have them
   */
  read(page: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      const at = page * this.#head.pageBytes + done;
      const count = readSync(this.#descriptor, buffer, done, bytes - done, at);
      if (count === 0) throw new PageDamage('the file ends before it');
      done += count;
    }
    return buffer;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Both heads as they were at one moment: a writer may be at work. */
  #heads(): readonly [Head, Head] {
    let seen: readonly [Buffer, Buffer] | undefined;
    for (let tries = 0; tries < HEAD_TRIES; tries += 1) {
      const first = this.#headBytes(0);
      const second = this.#headBytes(this.#headOf(first, 0).pageBytes);
      if (seen?.[0].equals(first) && seen[1].equals(second)) break;
      seen = [first, second];
    }
    if (seen === undefined) throw new Error('no head was read');
    return [this.#headOf(seen[0], 0), this.#headOf(seen[1], 1)];
  }

  #headBytes(at: number): Buffer {
    const bytes = Buffer.alloc(HEAD_BYTES);
    if (readSync(this.#descriptor, bytes, 0, HEAD_BYTES, at) === HEAD_BYTES) return bytes;
    throw this.#corrupt(at === 0 ? 'it is no store' : `it was cut short to ${this.size} bytes`);
  }

  #headOf(bytes: Buffer, page: 0 | 1): Head {
    const head = readHead(bytes, page);
    if (typeof head === 'string') throw this.#corrupt(head);
    return head;
  }

  #corrupt(why: string): Error {
    return storeErrors.CORRUPT({ what: this.file, why });
  }
}
