import type { CpuStatus } from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { nextVersion } from './versions.ts';

/** An operator lets a restored workstation launch jobs again. */
export function unhold(batchman: Batchman): void {
  changeCpu(batchman, ({ held: _held, ...rest }) => rest);
}

/** Why this full-status agent must not become manager; undefined when it may. */
export function setFitness(batchman: Batchman, unfit: string | undefined): void {
  changeCpu(batchman, ({ unfit: _before, ...rest }) =>
    unfit === undefined ? rest : { ...rest, unfit },
  );
}

function changeCpu(
  batchman: Batchman,
  change: (status: Omit<CpuStatus, 'v'>) => Omit<CpuStatus, 'v'>,
): void {
  const { self } = batchman.own;
  const { s } = batchman.plan.cpu(self);
  if (s === undefined) return;
  const { v, ...rest } = s;
  const next = { ...change(rest), v: nextVersion(v, batchman.own.ownEra()) };
  batchman.say({ k: 'cpu', ws: self, s: next });
}
