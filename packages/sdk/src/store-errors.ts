import { defineErrors } from './errors.ts';

/** Errors of every store, the real one and the simulated one. */
export const storeErrors = defineErrors('STORE', {
  LOG_FULL: {
    text: 'log {log} is full: it holds {bytes} of at most {limit} bytes',
    meaning: 'A reader of this log is behind, so nothing more can be appended. Nothing was lost.',
    action: 'See which cursor lags with `ftctl status`; restore that reader, or raise the limit.',
  },
  TOO_LARGE: {
    text: '{what} has {bytes} bytes, the limit is {limit}',
    meaning: 'One record, key or commit is larger than the store accepts. Nothing was changed.',
    action: 'Send it in smaller pieces; if a peer sent it, check the version of that peer.',
  },
  BUSY: {
    text: '{bytes} bytes wait for the disk, the limit is {limit}',
    meaning:
      'The disk does not keep up with what is written. Nothing was lost; this commit was refused.',
    action: 'Check the disk; a plugin author awaits `drained()` before producing more.',
  },
  DISK_FULL: {
    text: 'the disk is full: {path}',
    meaning:
      'The commit could not be written and was taken back as a whole. Nothing stored was lost.',
    action: 'Free space on that file system; the plugin goes on by itself once there is room.',
  },
  CORRUPT: {
    text: '{what} is damaged on disk: {why}',
    meaning:
      'A checksum does not fit: the file was changed by something else than ftctl, or the disk failed.',
    action: "Check the disk, then restore this plugin's store from a backup.",
  },
  FAILED: {
    text: 'the store at {path} could not be {operation}: {why}',
    meaning:
      'The operating system refused an operation on the store. Changes not yet acknowledged were taken back.',
    action: 'Correct the cause named in the text; `ftctl doctor` checks folder, owner and space.',
  },
  IN_USE: {
    text: 'the store at {path} is open in process {pid}',
    meaning:
      'A store has one writer at a time; a second process would damage it, so it was not opened.',
    action: 'Stop that process, or give this host a home of its own with --home.',
  },
  NEWER: {
    text: 'the store at {path} has format {found}, this version reads up to {known}',
    meaning: 'A newer version of ftctl has written this store. It was left as it is.',
    action: 'Run that newer version, or restore a backup made before the update.',
  },
  NO_STORE: {
    text: 'there is no store at {path}',
    meaning: 'The plugin has not started yet in this home, so it has stored nothing.',
    action: 'Check the id of the plugin and --home; `ftctl plugin list` shows the ids.',
  },
  BACKUP: {
    text: 'the backup in {folder} cannot be used: {why}',
    meaning:
      'It was compared with its manifest before anything was changed. The store is as it was.',
    action: 'Take another backup; when it was copied from elsewhere, copy it again and whole.',
  },
  BACKUP_PLACE: {
    text: 'no backup can be written to {folder}: {why}',
    meaning: 'A backup goes into a folder of its own that is not there yet. Nothing was written.',
    action: 'Name another folder with --to.',
  },
  CLOSED: {
    text: 'the store is closed',
    meaning: 'Something was asked of the store after the plugin had stopped.',
    action: 'A plugin author stops all work before `stop()` resolves.',
  },
  NO_TOPIC: {
    text: 'plugin {plugin} publishes no log {log}',
    meaning:
      'The other plugin is not installed, has not started yet, or does not publish that log.',
    action: 'Install and start that plugin; compare `topics` in both manifests.',
  },
  MISUSE: {
    text: 'wrong use of the store: {why}',
    meaning:
      'The plugin asked for something that the contract does not allow. Nothing was changed.',
    action: "Report it to the plugin's author together with this line.",
  },
});
