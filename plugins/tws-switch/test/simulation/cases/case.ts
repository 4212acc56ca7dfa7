import { defineSimulation, type Simulation } from '@ftctl/sim';
import { Scene, type SceneOptions } from './scene.ts';

export interface CaseOptions extends SceneOptions {
  /** Of the file that exports it. */
  readonly file: string;
  /** Acts on a network that works on its first plan. All faults that it leaves are ended after it. */
  script(scene: Scene): Promise<void>;
  /** What must hold at the end beside what holds in every network. */
  readonly check?: (scene: Scene) => readonly string[];
}

/**
 * A named case: a small random network, and a script of what befalls it. More
 * seeds than the tests play:
 *
 *   npm run sim -- ./plugins/tws-switch/test/simulation/cases/NAME.ts --runs 500
 */
export function defineCase({ file, script, check, ...options }: CaseOptions): Simulation<Scene> {
  return defineSimulation<Scene>({
    name: `./plugins/tws-switch/test/simulation/cases/${file}.ts`,
    async run(world) {
      const scene = new Scene(world, options);
      await world.run(2_000);
      await scene.nextPlan();
      await script(scene);
      await scene.rest();
      return scene;
    },
    check: (_world, scene) => [...scene.problems(), ...(check?.(scene) ?? [])],
  });
}
