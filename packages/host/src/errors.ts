import { defineErrors } from '@ftctl/sdk';

/** Errors of the host: its home, its configuration, its processes. */
export const hostErrors = defineErrors('HOST', {
  SOCKET_PATH: {
    text: 'the socket path {path} has {bytes} bytes, the limit is {limit}',
    meaning: 'The operating system cannot hold a longer path for a local socket.',
    action: 'Set XDG_RUNTIME_DIR, or TMPDIR, to a folder with a shorter path.',
  },
  SOCKET_FOLDER: {
    text: 'the socket folder {path} is not safe: {why}',
    meaning: 'Another user could read or replace the local sockets, so none was opened there.',
    action: 'Remove that folder; it is made again with mode 0700 at the next start.',
  },
  NO_HOME: {
    text: 'there is no host at {home}: {file} is missing',
    meaning: 'This folder has not been set up as the home of a host.',
    action: 'Run `ftctl init --name NAME` with the same --home, or name another home.',
  },
  HOME_EXISTS: {
    text: '{file} exists already',
    meaning: 'This folder is the home of a host; it was left as it is.',
    action: 'Choose another folder with --home, or edit that file.',
  },
  NAME: {
    text: '{name} cannot be the name of a host',
    meaning:
      'A name has 1 to 63 lower-case letters, digits, `.` and `-`, and starts with a letter or digit.',
    action: 'Choose another name, for example {example}.',
  },
  CONFIG: {
    text: '{file}:{line}: {path}: {why}',
    meaning: 'The configuration was not taken over; what runs goes on as before.',
    action: 'Correct that line in {file}, then run the command again.',
  },
  CONFIG_UNREADABLE: {
    text: 'cannot read {file}: {why}',
    meaning: 'The file is not there, or the system does not allow it to be read.',
    action: 'Check the file, its owner and its mode.',
  },
  PLUGIN_CONFIG: {
    text: 'the configuration of plugin {plugin} is not valid: {path}: {why}',
    meaning: "The plugin's own part of ftctl.yaml does not fit its schema; its code was not run.",
    action: 'Correct `plugins.{plugin}.config` in ftctl.yaml, then run `ftctl reload`.',
  },
  PLUGIN_SCHEMA: {
    text: 'the schema {file} of plugin {plugin} cannot be used: {why}',
    meaning: 'The plugin is delivered with a schema that is not JSON Schema 2020-12.',
    action: 'Install another version of the plugin, and tell its author.',
  },
  MANIFEST: {
    text: '{file}: {path}: {why}',
    meaning: 'The plugin does not describe itself as the contract asks, so it cannot be used.',
    action: "Install another version of the plugin; a plugin's author corrects the manifest.",
  },
  API: {
    text: 'plugin {plugin} needs contract {range}, this ftctl has {api}',
    meaning: 'The plugin was written for another version of the contract between host and plugin.',
    action: 'Update ftctl, or install a version of the plugin that fits.',
  },
  NOT_INSTALLED: {
    text: 'plugin {plugin} is not installed',
    meaning: 'It is named, but nothing under that name was added to this host.',
    action: 'Run `ftctl plugin list`; add it with `ftctl plugin add`, or take the name out.',
  },
  DISABLED: {
    text: 'plugin {plugin} is disabled',
    meaning: 'It is installed, and switched off in ftctl.yaml.',
    action: 'Run `ftctl plugin enable {plugin}`.',
  },
  PLUGIN_FOLDER: {
    text: 'plugin {plugin} cannot be loaded from {folder}: {why}',
    meaning: 'The installed files are not complete or do not belong to that plugin.',
    action: 'Run `ftctl plugin remove {plugin}` and add it again.',
  },
  CAPABILITY: {
    text: 'plugin {plugin} needs {capability}, which no enabled plugin provides',
    meaning: 'Plugins that work together meet in a named capability; the other side is missing.',
    action: 'Add or enable a plugin that provides {capability}, then run `ftctl reload`.',
  },
  CAPABILITY_TWICE: {
    text: '{capability} is provided by {first} and by {second}',
    meaning: 'A capability has one provider on a host, so it is not clear which one is meant.',
    action: 'Disable one of them with `ftctl plugin disable`.',
  },
  NOT_A_PLUGIN: {
    text: 'the entry {entry} of plugin {plugin} is not a plugin: {why}',
    meaning: 'The module was loaded, and it is not what `definePlugin` makes.',
    action: "A plugin's author exports what `definePlugin` returns as the module's default.",
  },
  COMMANDS: {
    text: 'plugin {plugin} and its manifest do not agree: {why}',
    meaning: 'A command that the manifest declares has no handler in the code, or the reverse.',
    action: "Install another version of the plugin; a plugin's author corrects one of the two.",
  },
  NO_COMMAND: {
    text: 'plugin {plugin} has no command {command}',
    meaning: "The plugin's manifest does not declare it, or this version of the plugin lacks it.",
    action: 'See `ftctl help {plugin}` for what it offers.',
  },
  START_FAILED: {
    text: 'plugin {plugin} did not start: {why}',
    meaning: 'Its own code or its surroundings failed while it started.',
    action: 'Read `ftctl logs {plugin}`, correct the cause, then run `ftctl restart {plugin}`.',
  },
  PROBE: {
    text: 'plugin {plugin} did not load within {ms} ms in a trial: {why}',
    meaning: 'It was tried in a process of its own before anything was changed on this host.',
    action: 'Nothing was installed. Try another version, and tell its author.',
  },
  PROCESS_NOT_ALLOWED: {
    text: 'plugin {plugin} may not start {command}',
    meaning: 'Its manifest does not list that program under `permissions.childProcesses`.',
    action: "A plugin's author adds it to the manifest; the operator sees it when installing.",
  },
  PROCESS_FAILED: {
    text: '{command} could not be started: {why}',
    meaning: 'The program is not installed, or the system does not allow it to be run.',
    action: 'Check that {command} is installed and can be run by this user.',
  },
  DOWN: {
    text: '{who} is not running',
    meaning: 'Nothing listens on its control socket.',
    action: 'Start the host with `ftctl up`; see `ftctl status` for its plugins.',
  },
  NOT_ANSWERING: {
    text: '{who} has not answered for {ms} ms',
    meaning:
      'The process exists and accepts connections, but does not work: stopped or overloaded.',
    action: 'See its log with `ftctl logs`; end it by its pid if it does not recover.',
  },
  CUT: {
    text: '{who} went away in the middle of its answer',
    meaning: 'The process ended or restarted; whether it did what was asked is not known.',
    action: 'Check with `ftctl status`, then ask again.',
  },
  PROTOCOL: {
    text: '{who} sent something that is no answer: {why}',
    meaning: 'The two sides of a control socket do not speak the same version.',
    action: 'Use the `ftctl` that started the host, or restart the host with this one.',
  },
  NO_OPERATION: {
    text: '{who} does not know the operation {op}',
    meaning: 'The two sides of a control socket do not have the same version.',
    action: 'Use the `ftctl` that started the host, or restart the host with this one.',
  },
  BAD_REQUEST: {
    text: 'the request {op} cannot be used: {why}',
    meaning: 'Something other than this version of ftctl talks to the control socket.',
    action: 'Use the `ftctl` that started the host.',
  },
  FAILED: {
    text: '{what} failed: {why}',
    meaning: 'An error that ftctl has no name for; nothing more is known than this line.',
    action: 'Read the log; if it happens again, report it together with this line.',
  },
  RUNNING: {
    text: 'a host runs already for {home}, as process {pid}',
    meaning: 'One home has one host. This one was not started.',
    action: 'Use `ftctl status`, or stop it with `ftctl down`; another host needs its own --home.',
  },
  UP_FAILED: {
    text: 'the host did not come up: {why}',
    meaning: 'The process was started and ended, or was not ready in time.',
    action: 'Read {log}, correct the cause, then run `ftctl up` again.',
  },
  DASHBOARD: {
    text: 'cannot serve the dashboard at {listen}: {why}',
    meaning:
      'The address is taken or not of this machine, or there is no certificate to serve it with.',
    action:
      'Set another `dashboard.listen` in ftctl.yaml; port 0 lets the system choose. `ftctl join` brings a certificate.',
  },
  METRICS_PORT: {
    text: 'cannot serve metrics on port {port}: {why}',
    meaning: 'The port is taken, or may not be used by this user.',
    action: 'Set another `metrics.port` in ftctl.yaml; 0 lets the system choose.',
  },
  STORE_NEEDED: {
    text: 'plugin {plugin} runs as process {pid}, so its store cannot be {operation}',
    meaning: 'A store that is in use keeps its file. Nothing was changed.',
    action:
      'Run `ftctl plugin disable {plugin}`, then this command again, then `ftctl plugin enable {plugin}`.',
  },
  STOPPING: {
    text: 'the host is stopping',
    meaning: 'It takes no more orders until it has been started again.',
    action: 'Wait until it has stopped, then run `ftctl up`.',
  },
});
