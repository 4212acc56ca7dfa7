import type { Definitions, Topology } from '@ftctl/plan';
import type { PluginContext } from '@ftctl/sdk';
import type { JobRunner } from './jobs/job-runner.ts';
import type { SinfoniaFiles } from './sinfonia-files.ts';

/** What the plugin needs of the world beyond the host's services; replaced in the simulated world. */
export interface TwsIo {
  /** Reads and checks a topology file, or what stands in the config itself. @throws FtError FT_PLAN_TOPOLOGY, FT_PLAN_NO_FILE */
  readTopology(source: string | Readonly<Record<string, unknown>>): Promise<Topology>;
  /** Reads and checks the plan file. @throws FtError FT_PLAN_DEFINITIONS, FT_PLAN_NO_FILE */
  readDefinitions(file: string, topology: Topology): Promise<Definitions>;
  /** The runner of this host's jobs. */
  jobs(ctx: PluginContext<unknown>): JobRunner;
  /** Where copies of the plan for mirrors on this host are written. */
  sinfonia(ctx: PluginContext<unknown>): SinfoniaFiles;
  /** This machine's offset from UTC at that time, in minutes to the east. */
  utcOffsetMinutes(atMs: number): number;
}
