import { constants } from 'node:os';
import { labErrors } from './errors.ts';

/** A signal of this system by its name, with or without `SIG`. @throws FtError FT_LAB_SIGNAL */
export function signalByName(name: string): NodeJS.Signals {
  const upper = name.toUpperCase();
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (!Object.hasOwn(constants.signals, full)) throw labErrors.SIGNAL({ signal: name });
  return full as NodeJS.Signals;
}
