import type { BeatChannel, RequestChannel, StreamChannel } from '@ftctl/sdk';
import {
  clockAnswerCodec,
  clockQuestionCodec,
  type MasterBeat,
  masterBeatCodec,
  type Position,
  type ProbeEvent,
  probeEventCodec,
  toldCodec,
} from './core/records.ts';

/** Events from a probe to the ObjectServer. */
export const alertStream: StreamChannel<ProbeEvent> = { name: 'alerts', codec: probeEventCodec };

/** By which a probe learns the ObjectServer's time. */
export const clockRequest: RequestChannel<Record<string, never>, { nowMs: number }> = {
  name: 'clock',
  question: clockQuestionCodec as RequestChannel<Record<string, never>, unknown>['question'],
  answer: clockAnswerCodec,
};

/** Heartbeats from master to slave, and the slave's answers. */
export const masterBeats: BeatChannel<MasterBeat> = { name: 'beat', codec: masterBeatCodec };
export const toldBeats: BeatChannel<Position> = { name: 'told', codec: toldCodec };
