const DAY_MS = 86_400_000;

/** Time of day; with the date when that is another day. */
export function timeText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '';
  const date = new Date(ms);
  const time = date.toLocaleTimeString([], { hour12: false });
  return Math.abs(Date.now() - ms) < DAY_MS / 2 ? time : `${date.toLocaleDateString()} ${time}`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return seconds < 10 ? `${(ms / 1_000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
