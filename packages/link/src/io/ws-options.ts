import { MAX_FRAME_BYTES, MAX_HTTP_HEADER_BYTES } from '../core/limits.ts';

/** Where a link is served; anything else on the port is not for us. */
export const LINK_PATH = '/ftctl/link';

/** What one WebSocket may bring, on either side. Our own frames are never split or compressed. */
export const SOCKET_LIMITS = {
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: 16,
  perMessageDeflate: false,
} as const;

/** What the HTTP request of a WebSocket, or the answer to it, may bring. */
export const HTTP_LIMITS = { maxHeaderSize: MAX_HTTP_HEADER_BYTES } as const;
