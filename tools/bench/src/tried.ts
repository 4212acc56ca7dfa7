import { describeError } from '@ftctl/sdk';

export type Tried<T> = { readonly got: T } | { readonly why: string };

/** What this machine may not have: why it failed, in place of a figure. */
export async function tried<T>(work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { got: await work() };
  } catch (error) {
    return { why: describeError(error) };
  }
}
