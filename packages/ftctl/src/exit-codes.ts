import { isFtError } from '@ftctl/sdk';

/** How `ftctl` ends. A plugin's own command may end with a code of its own. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  notAnswering: 4,
  refused: 5,
  problems: 6,
  interrupted: 130,
} as const;

/** What each exit code means, for `--help` and the documentation. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'it was tried and failed; `store check`: something is damaged'],
  [EXIT.usage, 'the command line is wrong; nothing was done'],
  [EXIT.notRunning, 'the host, the plugin or the lab is not running, or has stored nothing'],
  [EXIT.notAnswering, 'the host, the plugin or the CA runs and does not answer'],
  [
    EXIT.refused,
    'a configuration, a plugin, a token, a backup or a lab file was refused as invalid',
  ],
  [EXIT.problems, 'the check was made and found problems (doctor, explain, plugin add, up, join)'],
  [EXIT.interrupted, 'interrupted'],
];

/** Codes that do not simply mean "failed". */
export const EXIT_BY_CODE: Readonly<Record<string, number>> = {
  FT_CLI_USAGE: EXIT.usage,
  FT_CLI_NO_COMMAND: EXIT.usage,
  FT_HOST_NAME: EXIT.usage,
  FT_INSTALL_SOURCE: EXIT.usage,
  FT_LAB_UNKNOWN_HOST: EXIT.usage,
  FT_LAB_SAME_HOST: EXIT.usage,
  FT_LAB_SIGNAL: EXIT.usage,
  FT_HOST_DOWN: EXIT.notRunning,
  FT_HOST_NO_HOME: EXIT.notRunning,
  FT_HOST_STOPPING: EXIT.notRunning,
  FT_HOST_DISABLED: EXIT.notRunning,
  FT_STORE_NO_STORE: EXIT.notRunning,
  FT_LAB_NO_LAB: EXIT.notRunning,
  FT_LAB_NO_RELAY: EXIT.notRunning,
  FT_LAB_UNKNOWN_PLUGIN: EXIT.notRunning,
  FT_HOST_NOT_ANSWERING: EXIT.notAnswering,
  FT_CLI_NOT_STOPPING: EXIT.notAnswering,
  FT_LAB_PAUSED: EXIT.notAnswering,
  FT_CLI_NEEDS_CONFIG: EXIT.problems,
  FT_CLI_NOT_HEALTHY: EXIT.problems,
  FT_CLI_WENT_BACK: EXIT.problems,
  FT_HOST_CONFIG: EXIT.refused,
  FT_HOST_CONFIG_UNREADABLE: EXIT.refused,
  FT_HOST_PLUGIN_CONFIG: EXIT.refused,
  FT_HOST_PLUGIN_SCHEMA: EXIT.refused,
  FT_HOST_MANIFEST: EXIT.refused,
  FT_HOST_API: EXIT.refused,
  FT_HOST_NOT_INSTALLED: EXIT.refused,
  FT_HOST_PLUGIN_FOLDER: EXIT.refused,
  FT_HOST_CAPABILITY: EXIT.refused,
  FT_HOST_CAPABILITY_TWICE: EXIT.refused,
  FT_HOST_STORE_NEEDED: EXIT.refused,
  FT_STORE_BACKUP: EXIT.refused,
  FT_STORE_NEWER: EXIT.refused,
  FT_STORE_BACKUP_PLACE: EXIT.usage,
  FT_INSTALL_INTEGRITY: EXIT.refused,
  FT_INSTALL_TARBALL: EXIT.refused,
  FT_INSTALL_MANIFEST: EXIT.refused,
  FT_INSTALL_NODE: EXIT.refused,
  FT_INSTALL_SCRIPTS: EXIT.refused,
  FT_INSTALL_DEPENDENCY: EXIT.refused,
  FT_INSTALL_ID_TAKEN: EXIT.refused,
  FT_INSTALL_NAMESPACE_TAKEN: EXIT.refused,
  FT_INSTALL_CAPABILITY: EXIT.refused,
  FT_INSTALL_LOCKFILE: EXIT.refused,
  FT_INSTALL_DAMAGED: EXIT.refused,
  FT_INSTALL_NOT_INSTALLED: EXIT.refused,
  FT_PKI_UNREACHABLE: EXIT.notAnswering,
  FT_PKI_NO_CA: EXIT.refused,
  FT_PKI_CA_EXISTS: EXIT.refused,
  FT_PKI_NOT_JOINED: EXIT.refused,
  FT_PKI_MODE: EXIT.refused,
  FT_PKI_DAMAGED: EXIT.refused,
  FT_PKI_TOKEN: EXIT.refused,
  FT_PKI_TOKEN_HOST: EXIT.refused,
  FT_PKI_TOKEN_USED: EXIT.refused,
  FT_PKI_TOKEN_EXPIRED: EXIT.refused,
  FT_PKI_TOKEN_UNKNOWN: EXIT.refused,
  FT_PKI_HAS_CERTIFICATE: EXIT.refused,
  FT_PKI_UNKNOWN_HOST: EXIT.refused,
  FT_PKI_OWN_HOST: EXIT.refused,
  FT_PKI_OWN_NAME: EXIT.refused,
  FT_PKI_OTHER_SITE: EXIT.refused,
  FT_PKI_NO_ADDRESS: EXIT.refused,
  FT_PKI_FINGERPRINT: EXIT.refused,
  FT_LAB_FILE: EXIT.refused,
  FT_LAB_NO_FILE: EXIT.refused,
  FT_LAB_INSTALL: EXIT.refused,
};

/** The exit code for what was thrown. */
export function exitCodeOf(error: unknown): number {
  if (!isFtError(error)) return EXIT.failed;
  return EXIT_BY_CODE[error.code] ?? EXIT.failed;
}

/** The codes named, as lines for a help text. */
export function exitCodeHelp(codes: readonly number[]): string {
  const lines = EXIT_MEANINGS.filter(([code]) => codes.includes(code));
  const rows = lines.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`);
  return ['Exit codes:', ...rows].join('\n');
}
