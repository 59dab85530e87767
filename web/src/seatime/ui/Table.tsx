import type { CSSProperties, ReactNode } from 'react';
import styles from './table.module.css';

interface TableProps {
  /** What the table is of, for who can't see what stands above it. */
  label: string;
  /** The columns' heads; the first names the rows. */
  columns: readonly ReactNode[];
  /** Its cells hold words rather than figures. */
  words?: boolean;
  /** Rows of `<tr>`, each begun by a `<th scope="row">`; a `<td data-wide>` holds words of any length. */
  children: ReactNode;
}

/**
 * Figures, or words, in rows. On a phone each row is a block with its columns' heads beside or above what is in them;
 * what is too wide elsewhere scrolls, by keyboard too.
 */
export const Table = ({ label, columns, words = false, children }: TableProps) => (
  <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
    <table className={words ? `${styles.table} ${styles.words}` : styles.table} style={headsOf(columns)}>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={index} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

/** The heads as what stylesheets may write before cells: `--head-2` for the second column. */
const headsOf = (columns: readonly ReactNode[]): CSSProperties =>
  Object.fromEntries(
    columns.flatMap((column, index) => (typeof column === 'string' ? [[`--head-${index + 1}`, JSON.stringify(column)]] : [])),
  );
