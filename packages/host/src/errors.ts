import { defineErrors } from '@ftctl/sdk';

/** Errors of the host: its home, its configuration, its processes. */
export const hostErrors = defineErrors('HOST', {
  SOCKET_PATH: {
    text: 'the socket path {path} has {bytes} bytes, the limit is {limit}',
    meaning: 'The operating system cannot hold a longer path for a local socket.',
    action: 'Set XDG_RUNTIME_DIR, or TMPDIR, to a folder with a shorter path.',
  },
});
