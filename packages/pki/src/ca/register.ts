import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce, makePrivateFolder, namesIn, readJson } from '../files.ts';
import type { ClaimRecord, IssuedRecord, RevokedRecord, TokenRecord } from './records.ts';

const ENDING = '.json';
const CLAIM_ENDING = '.claim.json';

/**
 * The files of a CA's work: `issued/`, `revoked/` and `tokens/`. Each is made
 * once and never changed, so the command line and the daemon can both write.
 */
export class Register {
  readonly #issued: string;
  readonly #revoked: string;
  readonly #tokens: string;

  constructor(folder: string) {
    this.#issued = join(folder, 'issued');
    this.#revoked = join(folder, 'revoked');
    this.#tokens = join(folder, 'tokens');
  }

  async make(): Promise<void> {
    for (const folder of [this.#issued, this.#revoked, this.#tokens]) {
      await makePrivateFolder(folder);
    }
  }

  issued(): Promise<IssuedRecord[]> {
    return readAll<IssuedRecord>(this.#issued, ENDING);
  }

  findIssued(serial: string): Promise<IssuedRecord | undefined> {
    return readJson<IssuedRecord>(join(this.#issued, `${serial}${ENDING}`));
  }

  /** False when there is one with this serial already. */
  addIssued(record: IssuedRecord): Promise<boolean> {
    return add(this.#issued, record.serial, record);
  }

  revoked(): Promise<RevokedRecord[]> {
    return readAll<RevokedRecord>(this.#revoked, ENDING);
  }

  revokedSerials(): Promise<string[]> {
    return namesIn(this.#revoked, ENDING);
  }

  async isRevoked(serial: string): Promise<boolean> {
    return (await readJson(join(this.#revoked, `${serial}${ENDING}`))) !== undefined;
  }

  addRevoked(record: RevokedRecord): Promise<boolean> {
    return add(this.#revoked, record.serial, record);
  }

  async tokens(): Promise<TokenRecord[]> {
    const all = await readAll<TokenRecord>(this.#tokens, ENDING);
    // A claim ends in .json too, and has no id.
    return all.filter(({ id }) => id !== undefined);
  }

  findToken(id: string): Promise<TokenRecord | undefined> {
    return readJson<TokenRecord>(join(this.#tokens, `${id}${ENDING}`));
  }

  addToken(record: TokenRecord): Promise<boolean> {
    return add(this.#tokens, record.id, record);
  }

  findClaim(token: string): Promise<ClaimRecord | undefined> {
    return readJson<ClaimRecord>(join(this.#tokens, `${token}${CLAIM_ENDING}`));
  }

  /** False when somebody else was first. */
  addClaim(token: string, record: ClaimRecord): Promise<boolean> {
    return createOnce(join(this.#tokens, `${token}${CLAIM_ENDING}`), toText(record));
  }

  async removeToken(id: string): Promise<void> {
    await rm(join(this.#tokens, `${id}${ENDING}`), { force: true });
    await rm(join(this.#tokens, `${id}${CLAIM_ENDING}`), { force: true });
  }

  async removeCertificate(serial: string): Promise<void> {
    // The revocation last: killed in between, it stays on the list a little longer.
    await rm(join(this.#issued, `${serial}${ENDING}`), { force: true });
    await rm(join(this.#revoked, `${serial}${ENDING}`), { force: true });
  }
}

async function readAll<T>(folder: string, ending: string): Promise<T[]> {
  const names = await namesIn(folder, ending);
  const records = await Promise.all(
    names.map((name) => readJson<T>(join(folder, `${name}${ending}`))),
  );
  // One that is removed meanwhile is not there any more.
  return records.filter((record) => record !== undefined) as T[];
}

function add(folder: string, name: string, record: object): Promise<boolean> {
  return createOnce(join(folder, `${name}${ENDING}`), toText(record));
}

function toText(record: object): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
