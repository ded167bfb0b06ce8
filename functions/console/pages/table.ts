import { html, type Html, type Value } from './html.ts';

/** The value of a cell that has none. A card leaves the cell out. */
export const dash = html`<span class="faint none">–</span>`;

/** A column of a table. */
export interface PageColumn<Row> {
  readonly title: string;
  /** Explains the column to who points at its title. */
  readonly about?: string;
  readonly kind?: 'number' | 'wide' | 'some' | 'stacked';
  /** Whether the column names the row. */
  readonly isName?: true;
  readonly show: (row: Row) => Value;
}

export interface TableParts<Row> {
  /** Names the table to a screen reader. */
  readonly label: string;
  readonly columns: readonly PageColumn<Row>[];
  readonly rows: readonly Row[];
  /** Identifies a row, so that a refresh finds it again. */
  readonly idOf: (row: Row) => string;
}

/** Writes a table. On a narrow screen each row is a card, in which each value has the title of its column. */
export function table<Row>({ label, columns, rows, idOf }: TableParts<Row>): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table class="cards">
      <thead>
        <tr>
          ${columns.map(heading)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr id="${idOf(row)}">
              ${columns.map((column) => cell(column, row))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function heading<Row>({ title, about, kind }: PageColumn<Row>): Html {
  return about === undefined
    ? html`<th scope="col" class="${kind}">${title}</th>`
    : html`<th scope="col" class="${kind}" title="${about}">${title}</th>`;
}

function cell<Row>({ title, kind, isName, show }: PageColumn<Row>, row: Row): Html {
  const value = show(row);
  return isName
    ? html`<th scope="row" class="${kind}">${value}</th>`
    : html`<td class="${kind}" data-label="${title}">${value}</td>`;
}
