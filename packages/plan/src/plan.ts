import type { MessageIdentity, PlanEvent } from './events.ts';
import type { JobId, PlanHeader, PromptId, StreamId, WorkstationName } from './model.ts';
import {
  type CommandPart,
  type CpuPart,
  identityOf,
  identityText,
  type JobPart,
  keyOf,
  type Part,
  type PartKey,
  type PromptPart,
  type StreamPart,
  type VotersPart,
} from './parts.ts';
import { PlanIndex } from './plan-index.ts';
import { isNewer, type Version } from './version.ts';

/**
 * One copy of the production plan (Symphony). Applying an event keeps, for each
 * part, the highest version its owner gave, so the order in which events of
 * different origins come does not matter and all copies become equal.
 */
export class Plan {
  #header: PlanHeader | undefined;
  readonly #parts = new Map<PartKey, Part>();
  readonly index = new PlanIndex();

  /** Undefined before the first plan. */
  get header(): PlanHeader | undefined {
    return this.#header;
  }

  set header(header: PlanHeader | undefined) {
    this.#header = header;
  }

  /** @returns the keys of what changed: nothing for what was known already */
  apply(event: PlanEvent, identity: MessageIdentity): readonly PartKey[] {
    switch (event.k) {
      case 'cpu':
        return this.#newer(this.cpu(event.ws), 's', event.s);
      case 'links':
        return this.#newer(this.cpu(event.ws), 'links', event.s);
      case 'linked':
        return this.#newer(this.cpu(event.ws), 'linked', event.s);
      case 'dropped':
        return this.#newer(this.cpu(event.by), 'dropped', event.s);
      case 'stream':
        return this.#newer(this.stream(event.id), 's', event.s);
      case 'job':
        return this.#newer(this.job(event.id), 's', event.s);
      case 'grant':
        return this.#newer(this.job(event.id), 'g', event.s);
      case 'prompt':
        return this.#newer(this.prompt(event.id), 's', event.s);
      case 'voters':
        return this.#newer(this.voters(event.domain), 's', event.s);
      case 'add':
        return [
          ...event.streams.flatMap((def) => this.#define('stream', def)),
          ...event.jobs.flatMap((def) => this.#define('job', def)),
          ...event.prompts.flatMap((def) => this.#define('prompt', def)),
        ];
      case 'command':
        return this.#ask({
          kind: 'command',
          id: identityText(identity),
          of: identityOf(identity),
          owner: event.owner,
          command: event.command,
        });
      case 'answer':
        return this.#answer(event.of, identity.ws === event.of.ws ? undefined : identity.ws);
      case 'epoch':
      case 'plan':
        return [];
    }
  }

  /** Takes a part of a snapshot: what is newer in it stays. @returns the keys of what changed */
  merge(part: Part): readonly PartKey[] {
    switch (part.kind) {
      case 'stream':
        return [
          ...this.#define('stream', part.def),
          ...this.#newer(this.stream(part.id), 's', part.s),
        ];
      case 'job':
        return [
          ...this.#define('job', part.def),
          ...this.#newer(this.job(part.id), 's', part.s),
          ...this.#newer(this.job(part.id), 'g', part.g),
        ];
      case 'prompt':
        return [
          ...this.#define('prompt', part.def),
          ...this.#newer(this.prompt(part.id), 's', part.s),
        ];
      case 'cpu':
        return [
          ...this.#newer(this.cpu(part.id), 's', part.s),
          ...this.#newer(this.cpu(part.id), 'links', part.links),
          ...this.#newer(this.cpu(part.id), 'linked', part.linked),
          ...this.#newer(this.cpu(part.id), 'dropped', part.dropped),
        ];
      case 'command':
        return part.answered ? this.#answer(part.of, part.owner) : this.#ask(part);
      case 'voters':
        return this.#newer(this.voters(part.id), 's', part.s);
    }
  }

  /** Puts a part back as it was stored, without a comparison: for loading from disk. */
  restore(part: Part): void {
    this.#put(part);
  }

  /** Takes a part out of the plan: it was archived, or is none of this copy's business. */
  remove(key: PartKey): void {
    const part = this.#parts.get(key);
    if (part === undefined) return;
    this.index.remove(part);
    this.#parts.delete(key);
  }

  part(key: PartKey): Part | undefined {
    return this.#parts.get(key);
  }

  parts(): IterableIterator<Part> {
    return this.#parts.values();
  }

  stream(id: StreamId): StreamPart {
    return (this.#parts.get(`stream/${id}`) as StreamPart | undefined) ?? { kind: 'stream', id };
  }

  job(id: JobId): JobPart {
    return (this.#parts.get(`job/${id}`) as JobPart | undefined) ?? { kind: 'job', id };
  }

  prompt(id: PromptId): PromptPart {
    return (this.#parts.get(`prompt/${id}`) as PromptPart | undefined) ?? { kind: 'prompt', id };
  }

  cpu(ws: WorkstationName): CpuPart {
    return (this.#parts.get(`cpu/${ws}`) as CpuPart | undefined) ?? { kind: 'cpu', id: ws };
  }

  voters(domain: string): Pick<VotersPart, 'kind' | 'id'> & Partial<VotersPart> {
    const found = this.#parts.get(`voters/${domain}`) as VotersPart | undefined;
    return found ?? { kind: 'voters', id: domain };
  }

  /** Requests that wait for an answer, in no particular order. */
  pending(): readonly CommandPart[] {
    return this.#commands().filter(({ answered }) => answered !== true);
  }

  /** Answers that came before their requests, in no particular order. */
  answers(): readonly CommandPart[] {
    return this.#commands().filter(({ answered }) => answered === true);
  }

  #commands(): readonly CommandPart[] {
    return [...this.index.commands()].flatMap((key) => {
      const part = this.#parts.get(key);
      return part?.kind === 'command' ? [part] : [];
    });
  }

  #define<D extends { readonly id: string }>(
    kind: 'stream' | 'job' | 'prompt',
    def: D | undefined,
  ): readonly PartKey[] {
    if (def === undefined) return [];
    const key: PartKey = `${kind}/${def.id}`;
    const known = this.#parts.get(key);
    if (known !== undefined && 'def' in known && known.def !== undefined) return [];
    this.#put({ ...(known ?? { kind, id: def.id }), def } as unknown as Part);
    return [key];
  }

  #newer<P extends { readonly kind: Part['kind']; readonly id: string }, F extends string>(
    part: P & { readonly [K in F]?: { readonly v: Version } },
    field: F,
    status: { readonly v: Version } | undefined,
  ): readonly PartKey[] {
    if (status === undefined) return [];
    const known = part[field];
    if (known !== undefined && !isNewer(status.v, known.v)) return [];
    const next = { ...part, [field]: status } as unknown as Part;
    this.#put(next);
    return [keyOf(next)];
  }

  #ask(part: CommandPart): readonly PartKey[] {
    const key = keyOf(part);
    const known = this.#parts.get(key) as CommandPart | undefined;
    if (known === undefined) this.#put(part);
    else if (known.answered) this.remove(key);
    else return [];
    return [key];
  }

  /**
   * An answer that comes before its request is remembered until the request comes.
   * Its `owner` is who has answered; nobody that is known where the asker itself
   * has said that an answer was lost.
   */
  #answer(of: MessageIdentity, owner: WorkstationName | undefined): readonly PartKey[] {
    const id = identityText(of);
    const key: PartKey = `command/${id}`;
    const known = this.#parts.get(key) as CommandPart | undefined;
    if (known?.answered) return [];
    const by = owner === undefined ? {} : { owner };
    if (known === undefined) this.#put({ kind: 'command', id, of, ...by, answered: true });
    else this.remove(key);
    return [key];
  }

  #put(part: Part): void {
    const key = keyOf(part);
    const before = this.#parts.get(key);
    this.#parts.set(key, part);
    if (before !== undefined && sameDefinition(before, part)) return;
    if (before !== undefined) this.index.remove(before);
    this.index.add(part);
  }
}

/** The index is made of definitions, so a new status alone does not concern it. */
function sameDefinition(a: Part, b: Part): boolean {
  return 'def' in a && 'def' in b && a.def === b.def;
}
