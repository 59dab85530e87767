import type { ReactNode } from 'react';
import styles from './table.module.css';

interface TableProps {
  /** What the table is of, for who can't see what stands above it. */
  label: string;
  /** The columns' heads; the first names the rows. */
  columns: readonly ReactNode[];
  /** Rows of `<tr>`, each begun by a `<th scope="row">`. */
  children: ReactNode;
}

/** Figures in rows. What is too wide for a phone scrolls, by keyboard too. */
export const Table = ({ label, columns, children }: TableProps) => (
  <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
    <table className={styles.table}>
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
