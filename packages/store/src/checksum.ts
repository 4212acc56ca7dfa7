import { crc32 } from 'node:zlib';
import { storeErrors } from '@ftctl/sdk';

/**
 * Small values (log states, cursors, marks, table entries) are stored as
 * format, checksum, payload. The checksum also covers the key, so that a value
 * found under another key is not taken for its own.
 */
const VALUE_FORMAT = 1;
const HEADER_BYTES = 5;

export function checksum(key: Uint8Array, payload: Uint8Array): number {
  const ofKey = crc32(key);
  // zlib starts anew when it is handed no bytes, or not, depending on where they would be.
  return payload.length === 0 ? ofKey : crc32(payload, ofKey);
}

export function seal(key: Uint8Array, payload: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  value[0] = VALUE_FORMAT;
  value.writeUInt32LE(checksum(key, payload), 1);
  value.set(payload, HEADER_BYTES);
  return value;
}

/**
 * The payload of a sealed value.
 *
 * @param what names it in the error
 * @throws FtError FT_STORE_CORRUPT
 */
export function unseal(key: Uint8Array, value: Uint8Array, what: () => string): Buffer {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  if (bytes.length < HEADER_BYTES || bytes[0] !== VALUE_FORMAT) {
    throw storeErrors.CORRUPT({ what: what(), why: 'it has no valid header' });
  }
  const payload = bytes.subarray(HEADER_BYTES);
  if (bytes.readUInt32LE(1) !== checksum(key, payload)) {
    throw storeErrors.CORRUPT({ what: what(), why: 'its checksum does not fit' });
  }
  return payload;
}

/** The payload of a value that has been sealed here and not been on disk since. */
export function payloadOf(value: Uint8Array): Uint8Array {
  return value.subarray(HEADER_BYTES);
}

/** A position or mark as a payload. */
export function encodeNumber(value: number): Buffer {
  const payload = Buffer.allocUnsafe(8);
  payload.writeDoubleLE(value);
  return payload;
}

/** @throws FtError FT_STORE_CORRUPT */
export function decodeNumber(payload: Buffer, what: () => string): number {
  if (payload.length !== 8) {
    throw storeErrors.CORRUPT({ what: what(), why: 'it has a wrong length' });
  }
  return payload.readDoubleLE();
}
