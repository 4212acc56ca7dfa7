/** A runner that can do what the installer asks of one: try a plugin. */
import { runProbe } from '../../src/runner/run-probe.ts';

runProbe();
