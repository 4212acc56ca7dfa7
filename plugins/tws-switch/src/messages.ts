/** What this plugin tells its operator; `ftctl explain ID` knows all of it. */
export { counterMessages } from './messages/counter.ts';
export { networkMessages } from './messages/network.ts';
export { replayMessages } from './messages/replay.ts';
export { transferMessages } from './messages/transfer.ts';
