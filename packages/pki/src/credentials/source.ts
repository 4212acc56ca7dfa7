import { stat } from 'node:fs/promises';
import { CREDENTIALS_POLL_MS } from '../limits.ts';
import { type Credentials, credentialFiles, readCredentials } from './files.ts';

/** A host's credentials as they are now, and a word when they have changed. */
export interface CredentialsSource {
  current(): Credentials;
  /** Answers how to stop listening. */
  onChange(listener: () => void): () => void;
  close(): void;
}

export interface SourceOptions {
  /** Default 1,000. */
  readonly pollIntervalMs?: number;
  /** Told when changed files cannot be used; the last good ones stay in use. Told once for each change. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * Reads a host's credentials and keeps them up to date: the daemon replaces the
 * files, every process looks whether they are others than before. A watch of the
 * file system would be quicker and is lost in silence on some of them.
 *
 * @throws FtError FT_PKI_NOT_JOINED, FT_PKI_MODE, FT_PKI_DAMAGED
 */
export async function openCredentials(
  folder: string,
  options: SourceOptions = {},
): Promise<CredentialsSource> {
  const { pollIntervalMs = CREDENTIALS_POLL_MS, onProblem = () => undefined } = options;
  let identity = await identityOf(folder);
  let current = await readCredentials(folder);
  const listeners = new Set<() => void>();
  let isClosed = false;

  const look = async () => {
    const found = await identityOf(folder);
    if (found === identity) return;
    // Before the reading: what is replaced meanwhile is seen at the next look.
    identity = found;
    current = await readCredentials(folder);
    for (const listener of [...listeners]) listener();
  };
  const schedule = (): NodeJS.Timeout =>
    setTimeout(() => {
      look()
        .catch(onProblem)
        .finally(() => {
          if (!isClosed) timer = schedule();
        });
    }, pollIntervalMs).unref();
  let timer = schedule();

  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Changes whenever one of the files is replaced. */
async function identityOf(folder: string): Promise<string> {
  const { host, ca, crl } = credentialFiles(folder);
  const parts = await Promise.all(
    [host, ca, crl].map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      // A file that is missing is told by the reading.
      return found === undefined
        ? '-'
        : `${found.ino}.${found.mtimeNs}.${found.size}.${found.mode}`;
    }),
  );
  return parts.join(' ');
}
