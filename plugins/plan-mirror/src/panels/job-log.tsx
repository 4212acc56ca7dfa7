import { usePanel } from '@ftctl/dashboard/kit';
import { useEffect, useState } from 'preact/hooks';

/** What the scheduler of this host answers about a log. */
interface Log {
  /** 0: no attempt has left a log on this host. */
  readonly attempt: number;
  readonly text: string;
  /** There is more before it. */
  readonly cut: boolean;
}

/** The end of a job's log, where it ran on this host. */
export function JobLog({
  id,
  state,
  ws,
}: {
  readonly id: string;
  readonly state: string;
  readonly ws: string | null;
}) {
  const { apiOf } = usePanel();
  const [log, setLog] = useState<Log | undefined>();
  useEffect(() => {
    const ended = new AbortController();
    apiOf('tws-switch')
      .get<Log>(`logs/${encodeURIComponent(id)}`, {}, ended.signal)
      .then(setLog, () => setLog(undefined));
    return () => ended.abort();
  }, [id, state]);
  if (log === undefined || log.attempt === 0) {
    return (
      <p class="nothing">
        None on this host. On that of {ws ?? 'its workstation'}: <code>ftctl tws log '{id}'</code>
      </p>
    );
  }
  return (
    <pre>
      {log.cut ? '…\n' : ''}
      {log.text}
    </pre>
  );
}
