export { compileSchema, type SchemaChecker } from '../schema-check.ts';
export { type AddedPlugin, addPlugin } from './add.ts';
export { CORE_VERBS } from './core-verbs.ts';
export { installErrors } from './errors.ts';
export { extractTarball } from './extract.ts';
export type { InstalledPlugin } from './installed.ts';
export { linkPlugin } from './link.ts';
export { readLockfile } from './lockfile.ts';
export {
  checkConfigSchema,
  checkDependencySpecs,
  checkFiles,
  checkModuleType,
  checkName,
  checkNodeVersion,
  checkNoInstallScripts,
  type PluginPackage,
} from './package-check.ts';
export { readPackageJson } from './package-json.ts';
export type { InstallPlan, InstallStep } from './progress.ts';
export { putBack } from './put-back.ts';
export { listPlugins, pluginInfo, verifyInstalled } from './query.ts';
export { removePlugin } from './remove.ts';
export { parseSource } from './source.ts';
export { fetchTarball, type Tarball } from './tarball.ts';
