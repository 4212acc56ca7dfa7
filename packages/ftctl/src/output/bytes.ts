const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in the largest unit that leaves a whole number before the point: `1.4 MB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
