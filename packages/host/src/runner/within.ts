/** The same outcome as `work`, or the given error when it takes longer. */
export async function within<R>(
  limitMs: number,
  work: Promise<R> | R,
  tooSlow: () => Error,
): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
