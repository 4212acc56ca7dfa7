export { runnerMain } from './main.ts';
