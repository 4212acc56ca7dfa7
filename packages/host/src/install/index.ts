export { compileSchema, type SchemaChecker } from '../schema-check.ts';
export { type AddedPlugin, type AddOptions, addPlugin } from './add.ts';
export { CORE_VERBS } from './core-verbs.ts';
export { installErrors } from './errors.ts';
export { extractTarball } from './extract.ts';
export type { InstalledPlugin } from './installed.ts';
export { type LinkOptions, linkPlugin } from './link.ts';
export { pluginFolder, readLockfile } from './lockfile.ts';
export {
  checkConfigSchema,
  checkDependencySpecs,
  checkFiles,
  checkInstallable,
  checkLoadable,
  checkModuleType,
  checkName,
  checkNodeVersion,
  checkNoInstallScripts,
  type PluginPackage,
  readPackage,
} from './package-check.ts';
export { type PackageJson, readPackageJson } from './package-json.ts';
export type { Confirm, InstallPlan, InstallStep, OnProgress } from './progress.ts';
export {
  listPlugins,
  type PluginInfo,
  pluginInfo,
  type Verification,
  verifyInstalled,
} from './query.ts';
export { type RemoveOptions, removePlugin } from './remove.ts';
export { parseSource, type Source } from './source.ts';
export { computeIntegrity, fetchTarball, type Tarball } from './tarball.ts';
