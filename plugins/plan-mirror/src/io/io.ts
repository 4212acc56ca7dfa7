import type { Part } from '@ftctl/plan';
import type { SinfoniaHead } from '@ftctl/plan/source';
import type { PluginContext } from '@ftctl/sdk';
import type { Config } from '../config.ts';
import type { MirrorDatabase } from '../database.ts';

/** What the plugin needs of the world beyond the host's services; replaced in the simulated world. */
export interface MirrorIo {
  database(ctx: PluginContext<unknown>, config: Config): MirrorDatabase;
  /** Reads a copy of the plan. @throws FtError FT_MIRROR_COPY_DAMAGED */
  sinfonia(path: string): Promise<SinfoniaFile>;
  /** From now on this process works with what others leave it of the machine. */
  standBack(): void;
}

export interface SinfoniaFile {
  readonly head: SinfoniaHead;
  /** All parts, in pieces; ends with an error when the file is not whole. */
  readonly parts: AsyncIterable<readonly Part[]>;
  close(): Promise<void>;
}
