import { type Part, type Plan, runOf } from '@ftctl/plan';

/**
 * Whether a part is of a later run than the plan, and says no more than what it is:
 * so much a copy of a later plan leaves behind that was cut off before the plan was
 * turned to it. The next copy has it again; where none comes, since that plan is
 * void, nobody has worked with it. What was submitted came as a message.
 */
export function isAhead({ header }: Plan, part: Part): boolean {
  if (part.kind !== 'job' && part.kind !== 'stream' && part.kind !== 'prompt') return false;
  if (runOf(part.id) <= (header?.plan.run ?? 0) || part.s !== undefined) return false;
  return part.def !== undefined && !('submitted' in part.def);
}
