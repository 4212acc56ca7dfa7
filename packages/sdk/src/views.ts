/** What a view is asked for. */
export interface ViewRequest {
  /** Segments of the path that the view names with `:name`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Already valid against the view's `query`; numbers and booleans are no texts any more. */
  readonly query: Readonly<Record<string, unknown>>;
}

/**
 * A question that a panel of the dashboard, or any other program, may ask of this
 * plugin: `GET /api/<plugin>/<path>`. It only reads.
 */
export interface View {
  /** `jobs` or `jobs/:id`: a `:name` stands for one segment. */
  readonly path: string;
  /** One line for the description of the interface. */
  readonly summary: string;
  /** JSON Schema (2020-12) of each value that the query may have; none unless given. */
  readonly query?: Readonly<Record<string, object>>;
  /** JSON Schema of the answer. */
  readonly answer: object;
  /**
   * The answer, as JSON can hold it; undefined when there is no such thing. A
   * coded error is told to whoever asked.
   */
  read(request: ViewRequest): unknown;
}

/** What a plugin shows on the dashboard. */
export interface Views {
  readonly views: readonly View[];
  /**
   * Changes whenever an answer may have changed, and is cheap: it is asked for
   * each second while somebody looks.
   */
  version(): string;
}
