import { NETWORK, type SourceRecord } from '@ftctl/plan/source';

/** The main lane; sub-lanes are 1 to N, each with a mirrorbox of its own: `mirrorbox_1`. */
export const MAIN = 0;

/**
 * Which lane takes a record: jobs and streams the one of their stream, always the
 * same; everything else the main lane. Of a record that touches several lanes
 * nothing is done until all have come to it: `barrier`.
 */
export function laneOf(record: SourceRecord, lanes: number): number | 'barrier' {
  if (record.r === 'checked') return 'barrier';
  const streams = streamsOf(record);
  if (streams.length === 0) return MAIN;
  const found = new Set(streams.map((stream) => laneOfStream(stream, lanes)));
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : 'barrier';
}

/** 1 to `lanes`. */
export function laneOfStream(stream: string, lanes: number): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < stream.length; at += 1) {
    hash = Math.imul(hash ^ stream.charCodeAt(at), 16_777_619);
  }
  return ((hash >>> 0) % lanes) + 1;
}

/** Streams that a record is about; of prompts none, they are the main lane's. */
function streamsOf(record: SourceRecord): readonly string[] {
  if (record.r === 'gone') {
    const at = record.key.indexOf('/');
    const kind = record.key.slice(0, at);
    return kind === 'job' || kind === 'stream' ? [streamIn(record.key.slice(at + 1))] : [];
  }
  if (record.r === 'check' && record.stream !== NETWORK) return [record.stream];
  if (record.r !== 'event') return [];
  const event = record.e;
  switch (event.k) {
    case 'job':
    case 'grant':
    case 'stream':
      return [streamIn(event.id)];
    case 'add':
      return [...event.streams, ...event.jobs].map(({ id }) => streamIn(id));
    default:
      return [];
  }
}

/** `FTA1A#NIGHT.3` of `FTA1A#NIGHT.3.LOAD`. */
function streamIn(id: string): string {
  return /^[^#]*#[^.]*\.\d+/.exec(id)?.[0] ?? id;
}
