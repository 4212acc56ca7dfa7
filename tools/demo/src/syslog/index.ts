export { chooseInput, generateLines, type Input, testInput } from './input.ts';
export {
  openLoggers,
  openOwnSender,
  openSender,
  PROGRAM,
  type Sender,
  SteadyStream,
} from './sender.ts';
export { alertKeyOf, type Comparison, compare, type TableRow } from './tally.ts';
