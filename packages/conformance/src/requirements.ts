import { configCheck, hostChecks, installCheck } from './host/checks.ts';
import { lifeCycleChecks } from './life/cases.ts';
import type { Requirement } from './requirement.ts';
import { staticChecks } from './static/index.ts';

/** Every requirement of this kit, in the order in which it is tested. */
export const requirements: readonly Requirement[] = [
  ...staticChecks,
  installCheck,
  configCheck,
  ...lifeCycleChecks,
  ...hostChecks,
].map(({ id, level, text }) => ({ id, level, text }));
