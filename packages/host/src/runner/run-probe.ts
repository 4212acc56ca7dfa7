import { serveConnection } from '../control/serve-connection.ts';
import { checkApi, readManifest } from '../manifest.ts';
import { inheritedSocket } from './inherited-socket.ts';
import { checkHandlers, importPlugin } from './load-plugin.ts';

/** Loads a plugin in this throwaway process and says over the inherited socket whether it is one. */
export function runProbe(): void {
  const socket = inheritedSocket();
  // Whatever the plugin's module has left running ends with the answer.
  socket.on('close', () => process.exit());
  serveConnection(socket, {
    who: 'the trial',
    operations: {
      probe: async (call) => {
        const { folder } = call.params as { folder: string };
        const manifest = await readManifest(folder);
        checkApi(manifest);
        const plugin = await importPlugin(manifest, folder);
        checkHandlers(manifest, 'cli', plugin.cli);
        return { id: manifest.id };
      },
    },
  });
}
