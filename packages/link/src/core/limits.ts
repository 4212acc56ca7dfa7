import { DEFAULT_LINK_LIMITS, DEFAULT_STORE_LIMITS } from '@ftctl/sdk';

/**
 * Bounds of everything that a peer, or a stranger, controls. Each is used where
 * its quantity enters; whoever goes beyond one is cut off.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Versions of the protocol that this code speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** Longest name of a host, in characters. */
export const MAX_HOST_NAME = 128;
/** Longest id of a plugin, in characters. */
export const MAX_PLUGIN_ID = 64;
/** Longest name of a log, in characters. */
export const MAX_LOG_NAME = DEFAULT_STORE_LIMITS.nameBytes;
/** Longest name of a channel, in characters. */
export const MAX_CHANNEL_NAME = DEFAULT_LINK_LIMITS.channelNameLength;

/** A control frame, in characters. Errors are clipped to fit in. */
export const MAX_CONTROL_LENGTH = 16 * KIB;
/** Each text of an error that crosses the link, in characters. */
export const MAX_ERROR_TEXT = 2 * KIB;
/** Parameters of an error that crosses the link, and characters of each. */
export const MAX_ERROR_PARAMS = 16;
export const MAX_ERROR_PARAM_TEXT = 256;

/** A question or an answer, as encoded by its channel. */
export const MAX_REQUEST_BYTES = DEFAULT_LINK_LIMITS.requestBytes;
/** A beat, as encoded by its channel. */
export const MAX_BEAT_BYTES = DEFAULT_LINK_LIMITS.beatBytes;
/** One record of a stream: whatever a store can hold can be shipped. */
export const MAX_RECORD_BYTES = DEFAULT_STORE_LIMITS.recordBytes;
/** Bytes that a frame may have beyond its payload. */
export const MAX_FRAME_OVERHEAD = 64 * KIB;
/** One frame; passed to the socket as its largest message. */
export const MAX_FRAME_BYTES = MAX_RECORD_BYTES + MAX_FRAME_OVERHEAD;

/** Where a batch is closed: bytes of records, and records. */
export const BATCH_BYTES = 48 * KIB;
export const MAX_BATCH_RECORDS = 2_000;
/** Record bytes of one stream that may be sent and not yet acknowledged. */
export const STREAM_WINDOW_BYTES = 4 * MIB;
/** The same in batches. */
export const MAX_BATCHES_IN_FLIGHT = 256;
/** Least time between two moves of a shipment's cursor. */
export const CURSOR_PAUSE_MS = 20;
/** Streams open at once on one connection. */
export const MAX_STREAMS = 64;
/** Logs of one peer whose positions are kept for one stream. */
export const MAX_LOGS_PER_STREAM = 32;

/** A question or an answer of this size goes out without being copied. */
export const SPLIT_PAYLOAD_BYTES = 64 * KIB;

/** Questions to one peer that wait for an answer, and questions of one connection being answered. */
export const MAX_REQUESTS_IN_FLIGHT = DEFAULT_LINK_LIMITS.requestsInFlight;
/** Bytes of questions to one peer that wait for their answer. */
export const MAX_QUESTION_BYTES_IN_FLIGHT = 8 * MIB;

/** Bytes that may wait in a socket before streams pause. */
export const SEND_BUFFER_BYTES = 512 * KIB;
/** Batches that streams send in one turn of the event loop, so that beats and answers get theirs. */
export const MAX_BATCHES_PER_TURN = 8;
/** Bytes that may wait in a socket before answers are replaced by FT_LINK_BUSY. */
export const ANSWER_BUFFER_BYTES = 8 * MIB;
/** Bytes that may wait in a socket at all: a peer that reads slower than that is cut off. */
export const MAX_SEND_BUFFER_BYTES = 16 * MIB;
/** Bytes that may wait in the socket of a beat lane before beats are dropped. */
export const BEAT_BUFFER_BYTES = 64 * KIB;

/** Connections that one link accepts at once. */
export const MAX_CONNECTIONS = 1_024;
/**
 * How long a connection may outlive the certificate that it was opened with; then it has to be
 * dialed again, with the renewed one. The CA forgets a certificate, and can no longer revoke it,
 * 30 days after its end.
 */
export const MAX_EXPIRED_MS = 29 * 86_400_000;
/** Connections that have not introduced themselves yet; beyond it the oldest is cut off. */
export const MAX_STRANGERS = 64;
/** Peers whose last connection is remembered, to refuse older ones. */
export const MAX_KNOWN_PEERS = 2_048;
/** Size of the HTTP header that asks for an upgrade. */
export const MAX_HTTP_HEADER_BYTES = 8 * KIB;

/** Lines about offenders that are written to the log in one window. */
export const OFFENCE_LINES = 20;
export const OFFENCE_WINDOW_MS = 60_000;
