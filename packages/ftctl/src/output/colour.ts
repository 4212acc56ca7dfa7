import type { OutStream } from '../io.ts';

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export type Colour = keyof typeof CODES;
export type Paint = (colour: Colour, text: string) => string;

/** Colours text for a terminal, and leaves it alone for anything else or when NO_COLOR is set. */
export function painter(
  stream: OutStream,
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const enabled = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (colour, text) => (enabled ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

/** The colour of a plugin's or a host's state. */
export function stateColour(state: string): Colour {
  if (state === 'ok' || state === 'running') return 'green';
  if (state === 'failed' || state === 'quarantined' || state === 'dead') return 'red';
  if (state === 'stopped' || state === 'disabled') return 'dim';
  return 'yellow';
}
