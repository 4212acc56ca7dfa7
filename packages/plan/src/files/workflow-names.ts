const NAME_LENGTH = 40;
const STREAM_LENGTH = 16;

/** Gives names that a job may have, each once, the same at each import of a file. */
export class JobNames {
  readonly #taken = new Set<string>();
  /** Where the search for a free number begins: without it, n names alike would take n x n steps. */
  readonly #next = new Map<string, number>();

  give(text: string): string {
    const wanted = validName(text, NAME_LENGTH);
    let name = wanted;
    for (let n = this.#next.get(wanted) ?? 2; this.#taken.has(name); n += 1) {
      name = numbered(wanted, n, NAME_LENGTH);
      this.#next.set(wanted, n + 1);
    }
    this.#taken.add(name);
    return name;
  }
}

/** Name of a stream for a workflow, and of its nth part; none that is taken. */
export function streamNames(text: string, taken: ReadonlySet<string>): (part: number) => string {
  const wanted = validName(text, STREAM_LENGTH);
  const given = new Set(taken);
  const names: string[] = [];
  return (part) => {
    for (let n = 1; names.length <= part; n += 1) {
      const name = n === 1 ? wanted : numbered(wanted, n, STREAM_LENGTH);
      if (given.has(name)) continue;
      given.add(name);
      names.push(name);
    }
    return names[part] ?? wanted;
  };
}

function numbered(name: string, n: number, length: number): string {
  const number = `_${n}`;
  return `${name.slice(0, length - number.length)}${number}`;
}

function validName(text: string, length: number): string {
  const name = text.toUpperCase().replaceAll(/[^A-Z0-9_-]/g, '_');
  return (/^[A-Z]/.test(name) ? name : `T${name}`).slice(0, length);
}
