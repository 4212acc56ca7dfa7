import type { Plan, Tree, WorkstationName } from '@ftctl/plan';

/** What this version of the plugin can do, as its workstation says of itself. */
export const SWITCH_FAULT_TOLERANCE = 'switch-fault-tolerance';
export const FEATURES: readonly string[] = [SWITCH_FAULT_TOLERANCE];

/**
 * Workstations whose plugin does not know switch fault tolerance, as far as they
 * have said what they know. One that was never heard of is not among them.
 */
export function tooOld(plan: Plan, { topology }: Tree): readonly WorkstationName[] {
  return [...topology.workstations.values()].flatMap(({ name, node }) => {
    const features = plan.cpu(name).s?.features;
    const isOld = features !== undefined && !features.includes(SWITCH_FAULT_TOLERANCE);
    return node !== undefined && isOld ? [name] : [];
  });
}
