import type { WorkstationName } from '@ftctl/plan';
import type { Fill } from './core/alarms.ts';
import { isCore } from './desk.ts';
import type { Workstation } from './workstation.ts';

/** What waits, and for whom, as `doctor --json` prints it. */
export interface Queue {
  readonly queue: 'own' | 'pobox';
  readonly reader: WorkstationName;
  readonly records: number;
  readonly bytes: number;
}

export function queuesOf(station: Workstation): readonly Queue[] {
  const { own } = station.desk.stores;
  const { last, bytes } = own.bounds();
  const readers = station.shipping.ownReaders().map(
    (reader): Queue => ({
      queue: 'own',
      reader,
      records: last - station.shipping.ownDelivered(reader),
      bytes,
    }),
  );
  const roads = [...station.roads.live].map((reader): Queue => {
    const bounds = station.desk.stores.road(reader).bounds();
    const records = bounds.last - station.shipping.roadDelivered(reader);
    return { queue: 'pobox', reader, records, bytes: bounds.bytes };
  });
  return [...readers, ...roads];
}

/** Everything with a limit. An ftbox that is full is a ring: its limit is told by what is at risk. */
export function fillsOf(station: Workstation): readonly Fill[] {
  const { stores, files, mirrorbox } = station.desk;
  const roads = [...station.roads.live].map((target) => ({
    what: `pobox ${target}`,
    bytes: stores.road(target).bounds().bytes,
    limit: files.limitOf(`pobox/${target}`),
  }));
  const boxes = (['ftup', 'ftdown'] as const).map((box) => ({
    what: `ftbox ${box}`,
    bytes: stores[box].bounds().bytes,
    limit: files.limitOf(box),
  }));
  return [
    { what: 'the own log', bytes: stores.own.bounds().bytes, limit: files.limitOf('own') },
    ...roads,
    ...(isCore(station.desk) ? boxes : []),
    {
      what: 'the mirrorbox',
      bytes: mirrorbox.log.bounds().bytes,
      limit: files.limitOf('mirrorbox'),
    },
  ];
}

/** Of each target of an acting manager, whether it was replayed in this epoch. */
export function replaysOf({ desk, sessions, roads }: Workstation): readonly {
  readonly target: WorkstationName;
  readonly replayed: boolean;
}[] {
  const { tree, domain, roles, stores } = desk;
  if (!roles.acting()) return [];
  const { number, owner } = roles.epochOf(domain);
  const core = tree.coreOf(domain);
  return sessions.out
    .filter((target) => !core.includes(target))
    .map((target) => ({
      target,
      replayed: roads.isLive(target) && stores.replayed.get(target)?.epoch === `${number}/${owner}`,
    }));
}
