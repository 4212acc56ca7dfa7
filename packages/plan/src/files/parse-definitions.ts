import { isMap, isScalar, isSeq, type Scalar, YAMLMap } from 'yaml';
import type {
  Definitions,
  JobTemplate,
  StreamTemplate,
  TemplateDependency,
  TemplateTime,
} from '../definitions.ts';
import { planErrors } from '../errors.ts';
import { EVENT_LIMITS } from '../event-schema.ts';
import type { Recovery } from '../model.ts';
import type { Topology } from '../topology.ts';
import { checkDefinitions, type Found } from './check-definitions.ts';
import { type Mapping, YamlSource } from './yaml-source.ts';

export const STREAM_NAME = /^[A-Z][A-Z0-9_-]{0,15}$/;
const JOB_NAME = /^[A-Z][A-Z0-9_-]{0,39}$/;
const STREAM_KEYS = ['on', 'follows', 'at', 'priority', 'limit', 'prompt', 'jobs'];
const JOB_KEYS = [
  'command',
  'on',
  'follows',
  'at',
  'priority',
  'prompt',
  'recovery',
  'rerunLimit',
  'confirmed',
];
const RECOVERIES: readonly Recovery[] = ['stop', 'continue', 'rerun'];
const DEFAULT_PRIORITY = 10;
const DEFAULT_RERUNS = 3;
/** As in the field. */
export const MAX_FOLLOWS = 40;
/** A stream travels as one record with the names of its jobs. */
export const MAX_JOBS = 5_000;
const MAX_PROMPTS = 40;

/**
 * Reads a plan file: streams and their jobs, as the package's README describes
 * them. All problems are told at once, each with its line.
 *
 * @throws FtError FT_PLAN_DEFINITIONS
 */
export function parseDefinitions(text: string, file: string, topology: Topology): Definitions {
  const source = new YamlSource(text);
  const reader = new Reader(source, topology);
  const streams = source.problems.length === 0 ? reader.streams() : [];
  if (source.problems.length === 0) checkDefinitions(source, streams, reader.found);
  if (source.problems.length > 0) {
    throw planErrors.DEFINITIONS({ file, problems: source.problems.join('\n') });
  }
  return { streams };
}

class Reader {
  readonly found: Found = { named: [], follows: [] };
  readonly #source: YamlSource;
  readonly #topology: Topology;

  constructor(source: YamlSource, topology: Topology) {
    this.#source = source;
    this.#topology = topology;
  }

  streams(): readonly StreamTemplate[] {
    const root = this.#source.mapping(this.#source.root, 'the file', ['streams']);
    if (root === undefined) return [];
    return this.#items(root, 'streams').flatMap(({ name, node, map }) => {
      const stream = this.#stream(name, node, map);
      return stream === undefined ? [] : [stream];
    });
  }

  #stream(written: string, node: unknown, map: Mapping): StreamTemplate | undefined {
    map.allow(STREAM_KEYS);
    const at = written.indexOf('#');
    const name = written.slice(at + 1).toUpperCase();
    const ws = (at < 0 ? map.text('on') : written.slice(0, at))?.toUpperCase();
    if (!STREAM_NAME.test(name)) {
      const rule = 'a letter, then at most 15 letters, digits, - or _';
      this.#source.problem(node, `"${name}" is no name of a stream: ${rule}`);
    }
    if (ws === undefined) {
      this.#source.problem(node, `stream ${name} needs a workstation: WS#${name}, or on: WS`);
      return undefined;
    }
    this.#workstation(ws, at < 0 ? map.get('on') : node);
    const owner = { ws, stream: name };
    this.found.named.push({ id: `${ws}#${name}`, node });
    const jobs = this.#items(map, 'jobs').map((one) => this.#job(owner, one));
    if (jobs.length > MAX_JOBS) {
      const most = `${MAX_JOBS} at most: divide it, jobs may follow jobs of other streams`;
      this.#source.problem(node, `stream ${name} has ${jobs.length} jobs, ${most}`);
    }
    const limit = map.number('limit', 0, 1_024);
    return {
      ws,
      name,
      ...this.#common(map, owner, `${ws}#${name}`),
      ...(limit === undefined ? {} : { limit }),
      jobs,
    };
  }

  #job(
    owner: { readonly ws: string; readonly stream: string },
    { name: written, node, map }: Item,
  ): JobTemplate {
    map.allow(JOB_KEYS);
    const name = written.toUpperCase();
    if (!JOB_NAME.test(name)) {
      const rule = 'a letter, then at most 39 letters, digits, - or _';
      this.#source.problem(node, `"${written}" is no name of a job: ${rule}`);
    }
    const ws = map.text('on')?.toUpperCase() ?? owner.ws;
    this.#workstation(ws, map.get('on') ?? node);
    this.found.named.push({ id: `${owner.ws}#${owner.stream}.${name}`, node });
    const command = this.#command(map, name, node);
    const confirmed = map.flag('confirmed');
    return {
      name,
      ws,
      command,
      ...this.#common(map, owner, `${owner.ws}#${owner.stream}.${name}`),
      ...this.#recovery(map),
      ...(confirmed ? { confirmed } : {}),
    };
  }

  #command(map: Mapping, job: string, node: unknown): string {
    const command = map.text('command');
    if (command === undefined && !map.has('command')) {
      this.#source.problem(node, `job ${job} needs a command`);
    }
    const most = EVENT_LIMITS.commandLength;
    if (command !== undefined && command.length > most) {
      const advice = `${most} characters at most: put it into a script`;
      this.#source.problem(map.get('command'), `the command of ${job} is too long, ${advice}`);
    }
    return command ?? '';
  }

  #prompts(map: Mapping): readonly string[] {
    const prompts = map.texts('prompt');
    if (prompts.length > MAX_PROMPTS) {
      this.#source.problem(map.get('prompt'), `${prompts.length} prompts: ${MAX_PROMPTS} at most`);
    }
    for (const { text, node } of prompts) {
      if (text.length <= EVENT_LIMITS.textLength) continue;
      this.#source.problem(node, `the prompt is longer than ${EVENT_LIMITS.textLength} characters`);
    }
    return prompts.map(({ text }) => text);
  }

  #common(
    map: Mapping,
    owner: { readonly ws: string; readonly stream: string },
    id: string,
  ): Pick<JobTemplate, 'follows' | 'priority' | 'prompts' | 'at'> {
    const follows = this.#follows(map, owner, id);
    const at = this.#time(map);
    return {
      follows,
      ...(at === undefined ? {} : { at }),
      priority: this.#priority(map),
      prompts: this.#prompts(map),
    };
  }

  #follows(
    map: Mapping,
    owner: { readonly ws: string; readonly stream: string },
    id: string,
  ): readonly TemplateDependency[] {
    const texts = map.texts('follows');
    if (texts.length > MAX_FOLLOWS) {
      this.#source.problem(
        map.get('follows'),
        `${id} follows ${texts.length}: ${MAX_FOLLOWS} at most`,
      );
    }
    return texts.map(({ text, node }) => {
      const dependency = parseDependency(text.toUpperCase(), owner);
      this.found.follows.push({ from: id, dependency, node });
      return dependency;
    });
  }

  #recovery(map: Mapping): Pick<JobTemplate, 'recovery' | 'rerunLimit'> {
    const recovery = map.text('recovery') ?? 'stop';
    if (!RECOVERIES.some((one) => one === recovery)) {
      this.#source.problem(map.get('recovery'), `recovery must be one of ${RECOVERIES.join(', ')}`);
    }
    const limit = map.number('rerunLimit', 0, 99);
    if (recovery !== 'rerun') return { recovery: recovery as Recovery };
    return { recovery, rerunLimit: limit ?? DEFAULT_RERUNS };
  }

  #priority(map: Mapping): number {
    const text = map.text('priority')?.toLowerCase();
    if (text === undefined) return DEFAULT_PRIORITY;
    if (text === 'hi') return 100;
    if (text === 'go') return 101;
    return map.number('priority', 0, 99) ?? DEFAULT_PRIORITY;
  }

  #time(map: Mapping): TemplateTime | undefined {
    const text = map.text('at');
    if (text === undefined) return undefined;
    const after = /^\+(\d{1,6})$/.exec(text);
    if (after !== null) return { kind: 'after', seconds: Number(after[1]) };
    const day = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
    const [hours, minutes, seconds] = [day?.[1], day?.[2], day?.[3] ?? '0'].map(Number);
    if (day === null || (hours ?? 24) > 23 || (minutes ?? 60) > 59 || (seconds ?? 60) > 59) {
      const hint = 'in quotes "HH:MM" or "HH:MM:SS", or +SECONDS after the plan is made';
      this.#source.problem(map.get('at'), `"${text}" is no time: ${hint}`);
      return undefined;
    }
    return {
      kind: 'day',
      seconds: (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0),
    };
  }

  #workstation(name: string, node: unknown): void {
    if (this.#topology.workstations.has(name)) return;
    this.#source.problem(node, `there is no workstation ${name} in the topology`);
  }

  /** A mapping by name, or a list of mappings with `name`. */
  #items(map: Mapping, key: string): readonly Item[] {
    const node = map.get(key);
    if (node === undefined) {
      this.#source.problem(map.node, `${map.what} needs ${key}:`);
      return [];
    }
    if (isMap(node)) {
      const list = this.#source.mapping(node, key);
      return (list?.entries() ?? []).flatMap(({ key: name, keyNode, value }) =>
        this.#item(key, { name, node: keyNode, value, isMember: false }),
      );
    }
    if (!isSeq(node)) {
      this.#source.problem(node, `${key} must be a mapping by name, or a list`);
      return [];
    }
    return node.items.flatMap((item) => {
      const name = isMap(item) ? item.get('name', true) : undefined;
      if (!isScalar(name)) {
        this.#source.problem(item, `each of ${key} needs a name`);
        return [];
      }
      return this.#item(key, { name: String(name.value), node: name, value: item, isMember: true });
    });
  }

  #item(key: string, { name, node, value, isMember }: Written): readonly Item[] {
    if (key === 'jobs' && isScalar(value)) return this.#short(name, node, value);
    const map = this.#source.mapping(value, name);
    return map === undefined ? [] : [{ name, node, map: isMember ? map.without('name') : map }];
  }

  /** In the short form a job is its command. */
  #short(name: string, node: unknown, value: Scalar): readonly Item[] {
    const map = new YAMLMap();
    map.range = value.range ?? null;
    map.set('command', value);
    const mapping = this.#source.mapping(map, name);
    return mapping === undefined ? [] : [{ name, node, map: mapping }];
  }
}

/** A stream or a job as it stands in the file: by its name, or as a member of a list. */
interface Written {
  readonly name: string;
  readonly node: unknown;
  readonly value: unknown;
  readonly isMember: boolean;
}

interface Item {
  readonly name: string;
  readonly node: unknown;
  readonly map: Mapping;
}

/** `JOB`, `STREAM.JOB`, `WS#STREAM.JOB`, `STREAM.@`, `WS#STREAM.@` or `WS#STREAM`. */
function parseDependency(
  text: string,
  owner: { readonly ws: string; readonly stream: string },
): TemplateDependency {
  const hash = text.indexOf('#');
  const ws = hash < 0 ? owner.ws : text.slice(0, hash);
  const rest = text.slice(hash + 1);
  const dot = rest.indexOf('.');
  if (dot < 0) {
    return hash < 0 ? { ...owner, job: rest } : { ws, stream: rest };
  }
  const stream = rest.slice(0, dot);
  const job = rest.slice(dot + 1);
  return job === '@' ? { ws, stream } : { ws, stream, job };
}
