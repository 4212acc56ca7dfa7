export { systemClock } from './clock.ts';
export { runnerMain } from './main.ts';
export { systemRandom } from './random.ts';
