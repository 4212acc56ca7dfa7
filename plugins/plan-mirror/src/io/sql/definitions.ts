import type { Dependency } from '@ftctl/plan';

/**
 * Reads the columns of JSON that the mirror has written. What somebody else has
 * put there is taken for nothing.
 */

export function dependenciesIn(def: string | null): Dependency[] {
  const { follows } = parsed(def);
  if (!Array.isArray(follows)) return [];
  return follows.flatMap((one: unknown): Dependency[] => {
    const { kind, id } = (one ?? {}) as { kind?: unknown; id?: unknown };
    return (kind === 'job' || kind === 'stream') && typeof id === 'string' ? [{ kind, id }] : [];
  });
}

export function streamDefinitionIn(def: string | null): {
  readonly follows: Dependency[];
  readonly prompts: string[];
} {
  return { follows: dependenciesIn(def), prompts: texts(parsed(def).prompts) };
}

export function jobDefinitionIn(def: string | null): {
  readonly command: string | null;
  readonly recovery: string | null;
  readonly prompts: string[];
} {
  const { command, recovery, prompts } = parsed(def);
  return {
    command: typeof command === 'string' ? command : null,
    recovery: typeof recovery === 'string' ? recovery : null,
    prompts: texts(prompts),
  };
}

/** Why a job has failed, of what is not searched. */
export function whyIn(more: string | null): string | null {
  const { why } = parsed(more);
  return typeof why === 'string' ? why : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function parsed(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
