import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../src/index.ts';
import { buildStore, startWriter } from './children.ts';
import { type Home, makeHome } from './lmdb-harness.ts';

beforeAll(() => buildStore());

function newHome(): Home {
  const home = makeHome();
  onTestFinished(() => home.remove());
  return home;
}

it('refuses a second writer, also while the first is stopped, until that one is dead', async () => {
  const home = newHome();
  const writer = startWriter(home);
  await writer.moreAcknowledged();
  const place = { path: home.store('publisher'), plugin: 'publisher', sockets: home.sockets };
  const refused = { code: 'FT_STORE_IN_USE', params: { pid: writer.pid } };
  await expect(openStore(place)).rejects.toMatchObject(refused);
  writer.signal('SIGSTOP');
  await expect(openStore(place)).rejects.toMatchObject(refused);
  writer.signal('SIGCONT');
  await writer.moreAcknowledged();
  await writer.kill();
  await (await openStore(place)).close();
});
