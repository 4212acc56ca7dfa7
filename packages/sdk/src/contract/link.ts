import type { ContractCase } from './case.ts';
import { beatCases } from './link-beat.ts';
import { breakCases } from './link-breaks.ts';
import type { LinkHarness } from './link-harness.ts';
import { requestCases } from './link-request.ts';
import { streamCases } from './link-stream.ts';

/** What every implementation of `Link` must do. Each case needs a network of its own. */
export const linkContract: readonly ContractCase<LinkHarness>[] = [
  ...requestCases,
  ...streamCases,
  ...breakCases,
  ...beatCases,
];
