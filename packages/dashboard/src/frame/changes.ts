type Listener = () => void;

const listeners = new Map<string, Set<Listener>>();

/** Called when the answers of a plugin may have changed; answers how to stop. */
export function onChanged(plugin: string, listener: Listener): () => void {
  const known = listeners.get(plugin) ?? new Set();
  listeners.set(plugin, known.add(listener));
  return () => known.delete(listener);
}

/** Listens to the server for as long as the page is open; the browser connects again by itself. */
export function listenToChanges(tell: (isLive: boolean) => void): () => void {
  const events = new EventSource('/api/events');
  let wasLive = false;
  events.addEventListener('open', () => {
    tell(true);
    // What changed while nobody listened is read again.
    if (wasLive) for (const known of listeners.values()) for (const one of known) one();
    wasLive = true;
  });
  events.addEventListener('error', () => tell(false));
  events.addEventListener('changed', ({ data }: MessageEvent<string>) => {
    for (const listener of listeners.get(data) ?? []) listener();
  });
  return () => events.close();
}
