import type { SwitchLab } from './switch-lab.ts';

/** What the plugin's commands answer, as far as this benchmark looks at it. */

interface Cpus {
  readonly acting: boolean;
  readonly epochs: Readonly<Record<string, { readonly owner: string }>>;
  readonly rows: readonly {
    readonly cpuId: string;
    readonly state: string;
    readonly limit: number;
  }[];
}

interface Jobs {
  readonly rows: readonly { readonly state: string }[];
}

interface Doctor {
  readonly findings: readonly { readonly what: string }[];
  readonly queues: readonly {
    readonly queue: string;
    readonly reader: string;
    readonly records: number;
  }[];
}

interface MessageFile {
  readonly file: string;
  readonly records: number;
  readonly bytes: number;
}

/** Waits until the master sees every host linked. @throws Error with those that are not */
export async function linked(lab: SwitchLab): Promise<void> {
  let unlinked: readonly string[] = [];
  const all = lab.until('all hosts linked', async () => {
    const { rows } = await lab.command<Cpus>('master', 'showcpus', { selection: '@!@' });
    unlinked = rows.filter(({ state }) => !/^[FL]/.test(state)).map(({ cpuId }) => cpuId);
    return unlinked.length === 0 ? true : undefined;
  });
  await all.catch((error: unknown) => {
    throw new Error(`not linked: ${unlinked.join(', ')}`, { cause: error });
  });
}

/** The day begins: every host has the plan. */
export async function beginDay(lab: SwitchLab): Promise<void> {
  await linked(lab);
  await lab.command('master', 'jnextday');
  await lab.until('the plan on every host', async () => {
    const asked = lab.lab.hosts.map(({ name }) =>
      lab.command<{ plan: object | null }>(name, 'showcpus'),
    );
    return (await Promise.all(asked)).every(({ plan }) => plan !== null) ? true : undefined;
  });
}

/** Whether a host's workstation acts as manager of its domain. */
export async function isActing(lab: SwitchLab, host: string): Promise<boolean> {
  return (await lab.command<Cpus>(host, 'showcpus', { selection: host })).acting;
}

/** Jobs of the plan that have not succeeded, as a host knows them. */
export async function unfinishedJobs(lab: SwitchLab, host: string): Promise<number> {
  const { rows } = await lab.command<Jobs>(host, 'showjobs');
  return rows.filter(({ state }) => state !== 'SUCC').length;
}

/** Who manages a domain, as a host knows it. */
export async function managerOf(lab: SwitchLab, host: string, domain: string): Promise<string> {
  const { epochs } = await lab.command<Cpus>(host, 'showcpus', { selection: host });
  return epochs[domain]?.owner ?? '';
}

/** The limit of a workstation as a host knows it. */
export async function limitOf(lab: SwitchLab, host: string, ws: string): Promise<number> {
  const { rows } = await lab.command<Cpus>(host, 'showcpus', { selection: ws });
  return rows[0]?.limit ?? 0;
}

export async function findings(lab: SwitchLab, host: string): Promise<readonly string[]> {
  const { findings: found } = await lab.command<Doctor>(host, 'doctor');
  return found.map(({ what }) => what);
}

/** Messages that a host has for a workstation on one of its queues. */
export async function waitingFor(
  lab: SwitchLab,
  {
    host,
    queue,
    reader,
  }: { readonly host: string; readonly queue: string; readonly reader: string },
): Promise<number | undefined> {
  const { queues } = await lab.command<Doctor>(host, 'doctor');
  return queues.find((one) => one.queue === queue && one.reader === reader)?.records;
}

/** What a message file of a host holds. */
export async function messageFile(
  lab: SwitchLab,
  host: string,
  file: string,
): Promise<{ readonly records: number; readonly bytes: number }> {
  const files = await lab.command<readonly MessageFile[]>(host, 'evtsize', {}, { show: true });
  return files.find((one) => one.file === file) ?? { records: 0, bytes: 0 };
}
