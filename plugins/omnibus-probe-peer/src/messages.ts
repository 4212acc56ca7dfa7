import { defineMessages } from '@ftctl/sdk';

/** What the probe and the ObjectServer tell their operator. */
export const probeMessages = defineMessages({
  FTOP001I: {
    text: 'Probe started as {mode}, syslog on UDP port {udpPort} and TCP port {tcpPort}.',
    explanation: 'The probe listens and forwards, or caches, what it receives. A port of 0 is off.',
    response: 'None.',
  },
  FTOP002W: {
    text: 'No heartbeat from {peer} for {silentMs} ms: this slave is active now and forwards {cached} cached events.',
    explanation:
      'The master stopped sending heartbeats for longer than BeatInterval and BeatThreshold. The slave has taken over; no event is lost.',
    response: 'Find out what happened to the master: `ftctl status` on its host.',
  },
  FTOP003I: {
    text: 'Heartbeat from {peer}: this slave is passive again after {activeMs} ms.',
    explanation: 'The original master is back and forwards events again.',
    response: 'None.',
  },
  FTOP004W: {
    text: '{count} events were not delivered by {peer} within {holdMs} ms and are forwarded by this slave.',
    explanation:
      'The master sends heartbeats, but it did not receive these events or cannot deliver them. They are not lost.',
    response:
      'Check whether the sender reaches the master, and whether the master reaches the ObjectServer.',
  },
  FTOP005W: {
    text: 'Both {host} and {peer} are configured as master.',
    explanation: 'Both forward every event; the ObjectServer drops what it gets twice.',
    response: 'Set Mode to slave on one of them, then run `ftctl reload` there.',
  },
  FTOP006E: {
    text: 'Events cannot be stored: {why}',
    explanation:
      'The disk or the outbox is full. Events wait in memory; when that is full too, TCP senders are held up and UDP events are lost and counted.',
    response: 'Free disk space, or restore the ObjectServer so that the outbox empties.',
  },
  FTOP007I: {
    text: 'Events can be stored again.',
    explanation: 'What FTOP006E reported is over.',
    response: 'None.',
  },
  FTOP008W: {
    text: '{count} events were lost because memory for waiting events was full.',
    explanation:
      'More events arrived over UDP than could be stored, for longer than the memory lasts.',
    response: 'See FTOP006E. Let senders use TCP, which holds them up instead of losing events.',
  },
  FTOP009W: {
    text: 'The alert table has {rows} rows, the limit is {limit}: new alerts are refused.',
    explanation:
      'The probes keep the events and send them again later. Known alerts are still counted.',
    response: 'Raise alertLimit, or find out which rule makes so many different Identifiers.',
  },
});
