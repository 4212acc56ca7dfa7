import type { ControlOperations } from '../control/serve-connection.ts';
import { hostErrors } from '../errors.ts';
import type { HostStatus } from '../status.ts';
import type { Changes } from './host.ts';

export interface HostDuties {
  status(): HostStatus;
  reload(): Promise<Changes>;
  restart(plugin: string | undefined): Promise<Changes>;
  down(): Promise<{ readonly stopped: readonly string[] }>;
}

/** What the host answers on its control socket. Changes are made one after the other. */
export function hostOperations(duties: HostDuties): ControlOperations {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(change: () => Promise<R>): Promise<R> => {
    const next = last.then(change, change);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    status: () => duties.status(),
    reload: () => inTurn(() => duties.reload()),
    restart: (call) => {
      const { plugin } = (call.params ?? {}) as { plugin?: unknown };
      if (plugin !== undefined && typeof plugin !== 'string') {
        throw hostErrors.BAD_REQUEST({ op: 'restart', why: 'plugin must be a text' });
      }
      return inTurn(() => duties.restart(plugin));
    },
    // Not in turn: a start that takes long is ended by it.
    down: () => duties.down(),
  };
}
