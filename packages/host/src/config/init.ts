import { access, mkdir } from 'node:fs/promises';
import { hostErrors } from '../errors.ts';
import { writeFileAtomically } from '../install/atomic-file.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { HOST_NAME_PATTERN } from './schema.ts';

/**
 * Makes a folder the home of a host: the folder (mode 0700) and its `ftctl.yaml`.
 *
 * @throws FtError FT_HOST_NAME, FT_HOST_HOME_EXISTS, FT_HOST_SOCKET_PATH
 */
export async function initHome(options: {
  readonly home: string;
  readonly name: string;
}): Promise<HomePaths> {
  const { home, name } = options;
  if (!new RegExp(HOST_NAME_PATTERN).test(name)) {
    throw hostErrors.NAME({ name, example: usableName(name) });
  }
  const paths = homePaths(home);
  // A home whose sockets could never be opened is better refused now.
  paths.socket('host');
  if (await exists(paths.config)) throw hostErrors.HOME_EXISTS({ file: paths.config });
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFileAtomically(paths.config, template(name), 0o600);
  return paths;
}

function template(name: string): string {
  return `# The host's name, as its peers know it.
host: ${JSON.stringify(name)}

# Address on which plugins accept links. Anything beyond loopback needs a
# certificate: \`ftctl join\`, or \`ftctl ca init\` on the first host of a site.
# listen: 127.0.0.1

# /metrics, /healthz and /readyz on loopback. Without a port the system chooses one;
# \`ftctl status\` shows it.
# metrics:
#   port: 9464

# The web page, on loopback; \`ftctl dashboard\` shows where. Elsewhere it needs a
# certificate, as above.
# dashboard:
#   listen: 127.0.0.1:9180

# Where the plugins of other hosts are.
# directory:
#   london:
#     omnibus-probe-peer: 192.0.2.10:4100

# What the installed plugins are to do; \`ftctl plugin add\` makes an entry.
plugins:
`;
}

function usableName(name: string): string {
  const usable = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 63);
  return usable || 'host1';
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
