import { KIND, memberOfKey, nameKey, nameOfKey, seqOfBlockKey } from '../keys.ts';

/** What stands under a key, as people say it. */
export function describeKey(key: Uint8Array): string {
  const kind = key[0];
  if (kind === KIND.meta) return 'the head of the store';
  if (kind === KIND.owner) return "the owner's name";
  const name = nameOfKey(key);
  if (name === undefined) return `an entry under the unknown key ${hexOf(key)}`;
  const member = () => memberOfKey(key, nameKey(kind ?? 0, name));
  switch (kind) {
    case KIND.log:
      return `the state of log ${name}`;
    case KIND.settings:
      return `the limits of log ${name}`;
    case KIND.cursor:
      return `cursor ${member()} of ${name}`;
    case KIND.block:
      return key.length < BLOCK_KEY_BYTES + name.length
        ? `log ${name}`
        : `log ${name}, the records from ${seqOfBlockKey(key)} on`;
    case KIND.mark:
      return `counter ${member()} of ${name}`;
    case KIND.entry:
      return `entry ${member()} of table ${name}`;
    default:
      return `an entry under the unknown key ${hexOf(key)}`;
  }
}

const BLOCK_KEY_BYTES = 10;
const SHOWN_BYTES = 40;

function hexOf(key: Uint8Array): string {
  const hex = Buffer.from(key).toString('hex');
  return hex.length > SHOWN_BYTES ? `${hex.slice(0, SHOWN_BYTES)}...` : hex;
}
