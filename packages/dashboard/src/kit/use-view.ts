import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError, Query } from './api.ts';
import { usePanel } from './panel.tsx';

/** Changes in a row are read together. */
const GATHER_MS = 150;
/** Before something that failed is asked again. */
const AGAIN_MS = 3_000;

export interface Viewed<T> {
  /** The last answer; while another page or order of the same list is on its way, the one before. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
}

/** Reads a view, and again whenever the plugin says that something has changed. */
export function useView<T>(path: string, query: Query = {}): Viewed<T> {
  const { api, onChanged } = usePanel();
  const [state, setState] = useState<Viewed<T> & { readonly path: string; readonly key: string }>({
    path: '',
    key: '',
    data: undefined,
    error: undefined,
  });
  const key = `${path}?${JSON.stringify(query)}`;
  const asked = useRef(query);
  asked.current = query;

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isUnderWay = false;
    let isDue = false;
    const later = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(read, ms);
    };
    const read = async () => {
      isDue = isUnderWay;
      if (isUnderWay) return;
      isUnderWay = true;
      try {
        const data = await api.get<T>(path, asked.current, ended.signal);
        setState({ path, key, data, error: undefined });
      } catch (error) {
        if (ended.signal.aborted) return;
        setState((before) => ({
          path,
          key,
          data: before.key === key ? before.data : undefined,
          error: error as ApiError,
        }));
        later(AGAIN_MS);
      } finally {
        isUnderWay = false;
        if (isDue) later(GATHER_MS);
      }
    };
    void read();
    const stop = onChanged(() => later(GATHER_MS));
    return () => {
      stop();
      clearTimeout(timer);
      ended.abort();
    };
  }, [key, api]);

  if (state.key === key) return state;
  return { data: state.path === path ? state.data : undefined, error: undefined };
}
