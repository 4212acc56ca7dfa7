/**
 * Waits for `work` at most `limitMs`.
 *
 * @throws Error naming `what` when it is not done by then, or what `work` threw
 */
export async function within<R>(
  limitMs: number,
  what: string,
  work: () => Promise<R> | R,
): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    const error = new Error(`${what} was not done within ${limitMs} ms`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    return await Promise.race([(async () => work())(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
