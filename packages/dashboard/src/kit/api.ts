/** What went wrong, as the dashboard's server tells it. */
export class ApiError extends Error {
  readonly status: number;
  readonly action: string | undefined;

  constructor(status: number, message: string, action?: string) {
    super(message);
    this.status = status;
    this.action = action;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Reads the views of one plugin. */
export interface Api {
  /** @throws ApiError */
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
}

/** @param onLogin called when the session is over */
export function apiOf(base: string, onLogin: () => void): Api {
  return {
    async get<T>(path: string, query: Query = {}, signal?: AbortSignal) {
      const pairs = Object.entries(query).flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [[name, String(value)]],
      );
      const asked = new URLSearchParams(pairs).toString();
      const url = `${base}/${path}${asked === '' ? '' : `?${asked}`}`;
      const response = await fetch(url, signal === undefined ? {} : { signal }).catch((error) => {
        if (signal?.aborted) throw error;
        throw new ApiError(0, 'the host does not answer');
      });
      if (response.ok) return (await response.json()) as T;
      if (response.status === 401) onLogin();
      const { message = response.statusText, action } = await response.json().catch(() => ({}));
      throw new ApiError(response.status, message, action);
    },
  };
}
