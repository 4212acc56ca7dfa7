import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  extractTarball,
  fetchTarball,
  type PluginPackage,
  parseSource,
  readManifest,
  readPackageJson,
  type Tarball,
} from '@ftctl/host';
import type { Manifest } from '@ftctl/sdk';
import { NotRead } from '../requirement.ts';

/** A packed package, opened in a temporary folder and not run. */
export class PackageSubject {
  /** What the caller named. */
  readonly named: string;
  readonly tarball: Tarball;
  /** Where it is unpacked. */
  readonly folder: string;
  #plugin: { -readonly [Key in keyof PluginPackage]?: PluginPackage[Key] } = {};

  private constructor(named: string, tarball: Tarball, folder: string) {
    this.named = named;
    this.tarball = tarball;
    this.folder = folder;
  }

  /**
   * Makes the tarball that an operator would install; it is unpacked by the
   * first requirement that is tested.
   *
   * @param workspace a folder of this run alone
   * @throws FtError FT_INSTALL_SOURCE, FT_INSTALL_NPM
   */
  static async open(named: string, workspace: string, cwd?: string): Promise<PackageSubject> {
    const source = await parseSource(named, cwd);
    const tarball = await fetchTarball(source, join(workspace, 'tarball'));
    return new PackageSubject(named, tarball, join(workspace, 'package'));
  }

  async unpack(): Promise<void> {
    await extractTarball(this.tarball.path, this.folder, this.named);
  }

  async readPackageJson(): Promise<void> {
    this.#plugin.packageJson = await readPackageJson(this.folder);
  }

  async readManifest(): Promise<void> {
    this.#plugin.manifest = await readManifest(this.folder);
  }

  /** Both files, once they were read. @throws NotRead before */
  get plugin(): PluginPackage {
    const { packageJson, manifest } = this.#plugin;
    if (!packageJson || !manifest) throw new NotRead('the package was not read');
    return { folder: this.folder, packageJson, manifest };
  }

  get manifest(): Manifest {
    return this.plugin.manifest;
  }

  /** Bytes of all its files, unpacked. */
  async unpackedBytes(): Promise<number> {
    const names = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}
