import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Replaces a file so that readers see the old text or the new one. Unlike
 * `writeFileAtomically` it does not wait for the disk: for what means nothing
 * after a power cut, such as who runs at present.
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
