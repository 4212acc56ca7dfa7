/** What this plugin tells its operator; `ftctl explain ID` knows all of it. */
export { planErrors } from '@ftctl/plan';
export { commandErrors } from './commands/errors.ts';
export { refusals } from './core/refusals.ts';
export { switcherErrors } from './core/switcher/messages.ts';
export { intakeErrors } from './intake-errors.ts';
export { jobErrors } from './io/jobs/errors.ts';
export { counterMessages } from './messages/counter.ts';
export { networkMessages } from './messages/network.ts';
export { replayMessages } from './messages/replay.ts';
export { transferMessages } from './messages/transfer.ts';
export { snapshotErrors } from './snapshot-errors.ts';
export { stationErrors } from './station-errors.ts';
