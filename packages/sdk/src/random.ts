/** Chance, as a plugin may see it: the system's, or the seeded one of the simulated world. */
export interface Random {
  /** A number in [0, 1). */
  float(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  bytes(length: number): Uint8Array;
  /** A random identifier of 32 hexadecimal digits. */
  id(): string;
}
