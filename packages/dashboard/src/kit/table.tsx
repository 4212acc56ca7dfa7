import type { ComponentChild } from 'preact';

export interface Column<R> {
  readonly title: string;
  /** Name by which the rows can be sorted. */
  readonly sort?: string;
  readonly isNumber?: boolean;
  /** Not shown on a narrow screen. */
  readonly isMinor?: boolean;
  cell(row: R): ComponentChild;
}

export interface TableProps<R> {
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly caption: string;
  keyOf(row: R): string;
  readonly sort?: { readonly by: string; readonly descending: boolean };
  readonly onSort?: (by: string, descending: boolean) => void;
}

/** A table; its headings sort by mouse and keyboard. */
export function Table<R>({ columns, rows, caption, keyOf, sort, onSort }: TableProps<R>) {
  return (
    <div class="table">
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.title} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p class="nothing">Nothing here.</p> : null}
    </div>
  );
}

function Heading<R>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<R>;
  readonly sort: TableProps<R>['sort'] | undefined;
  readonly onSort: TableProps<R>['onSort'] | undefined;
}) {
  const { title, sort: by } = column;
  if (by === undefined || onSort === undefined) {
    return (
      <th scope="col" class={classOf(column)}>
        {title}
      </th>
    );
  }
  const isBy = sort?.by === by;
  const arrow = isBy ? (sort.descending ? ' ▾' : ' ▴') : '';
  const order = sort?.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={classOf(column)} aria-sort={isBy ? order : 'none'}>
      <button type="button" onClick={() => onSort(by, isBy && sort.descending === false)}>
        {title}
        {arrow}
      </button>
    </th>
  );
}

function classOf<R>({ isNumber, isMinor }: Column<R>): string {
  return `${isNumber ? 'number ' : ''}${isMinor ? 'minor' : ''}`;
}
