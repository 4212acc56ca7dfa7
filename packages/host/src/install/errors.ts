import { defineErrors } from '@ftctl/sdk';

const UNTOUCHED = 'Nothing was installed; what ran before is untouched.';

/** Errors of adding, linking, removing and checking plugins. */
export const installErrors = defineErrors('INSTALL', {
  SOURCE: {
    text: 'cannot install from {source}: {why}',
    meaning: UNTOUCHED,
    action:
      'Name a package (NAME or NAME@RANGE), a folder (./dir) or a packed file (./file.tgz) that exists.',
  },
  NO_NPM: {
    text: 'the program npm was not found',
    meaning: `A package name or a folder becomes a tarball through npm. ${UNTOUCHED}`,
    action: 'Install npm, which comes with Node, or add a file made elsewhere by `npm pack`.',
  },
  NPM: {
    text: 'npm {command} failed: {why}',
    meaning: UNTOUCHED,
    action: 'Correct what npm says; registry, proxy and credentials are those of npm itself.',
  },
  NPM_TIMEOUT: {
    text: 'npm {command} did not end within {seconds} s and was killed',
    meaning: UNTOUCHED,
    action: 'Check the network and the registry (`npm ping`), then try again.',
  },
  INTEGRITY: {
    text: 'the tarball of {source} is not what was promised: {why}',
    meaning: `It was changed or cut on its way. ${UNTOUCHED}`,
    action:
      'Try again; if it stays so, clear the cache of npm, then ask whoever runs the registry.',
  },
  TARBALL: {
    text: 'the tarball of {source} was refused: {why}',
    meaning: `A package made by \`npm pack\` never looks like this, so it was not unpacked. ${UNTOUCHED}`,
    action: 'Do not trust this file. Ask its author for one made by `npm pack`.',
  },
  MANIFEST: {
    text: '{package} is not a plugin that this host can load: {why}',
    meaning: UNTOUCHED,
    action:
      "Check that this is the right package; its author finds the rules in the plugin's guide.",
  },
  NODE: {
    text: '{package} needs Node {range}, this is {version}',
    meaning: UNTOUCHED,
    action: 'Run ftctl with such a Node, or install another version of the plugin.',
  },
  SCRIPTS: {
    text: '{package} wants to run code while it is installed: {scripts}',
    meaning: `Plugins have no install scripts, so that adding one runs nothing. ${UNTOUCHED}`,
    action: 'Ask its author for a package without install scripts.',
  },
  DEPENDENCY: {
    text: '{package} depends on {dependency} as "{spec}", which only its author\'s own folder can resolve',
    meaning: `A package must install alone, on any machine. ${UNTOUCHED}`,
    action:
      'Its author bundles {dependency} into the build and moves it to devDependencies, or names a public version of it.',
  },
  ID_TAKEN: {
    text: 'a plugin with the id {id} is installed from another package, {package}',
    meaning: `An id is unique on a host. ${UNTOUCHED}`,
    action: 'Remove that one first: `ftctl plugin remove {id}`.',
  },
  NAMESPACE_TAKEN: {
    text: '{package} wants the commands `ftctl {namespace} ...`, which belong to {owner}',
    meaning: `A first word of commands has one owner. ${UNTOUCHED}`,
    action:
      'Remove its owner if that is another plugin, else ask the author for another namespace.',
  },
  CAPABILITY: {
    text: '{id} needs {capability}, which no installed plugin provides{features}',
    meaning: 'It could not work on this host. Nothing was changed.',
    action: 'Add a plugin that provides {capability} first.',
  },
  NEEDED: {
    text: '{id} provides {capability}, which {user} needs',
    meaning: 'Without it {user} could not work. Nothing was removed.',
    action: 'Remove {user} first: `ftctl plugin remove {user}`.',
  },
  DECLINED: {
    text: 'adding {id} was declined',
    meaning: UNTOUCHED,
    action: 'Add it again once its permissions are acceptable.',
  },
  NOT_INSTALLED: {
    text: 'no plugin {id} is installed in {home}',
    meaning: 'Nothing was changed.',
    action: 'See what is installed with `ftctl plugin list`.',
  },
  BUSY: {
    text: 'another ftctl (process {pid}) changes the plugins of {home}',
    meaning: 'Only one may do so at a time. Nothing was changed.',
    action: 'Wait until it has ended, then try again.',
  },
  LOCKFILE: {
    text: 'cannot use {path}: {why}',
    meaning: 'This file says what is installed; it was not changed.',
    action: 'Restore it from a backup, or move it away and add the plugins again.',
  },
  DAMAGED: {
    text: 'the installed plugin {id} (from {source}) is damaged: {why}',
    meaning: 'Files of an installed version never change; something else than ftctl has done it.',
    action: 'Install it again: `ftctl plugin add {source}`.',
  },
});
