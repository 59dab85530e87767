import styles from './withheld.module.css';

interface WithheldProps {
  /** Groups of fewer are not shown. */
  smallest: number;
  /** What is not shown. */
  what?: string;
}

/** In the place of figures of a small group: that they are kept back, and why. */
export const Withheld = ({ smallest, what = 'figures' }: WithheldProps) => (
  <p className={styles.withheld} data-testid="withheld">
    <strong>Fewer than {smallest} people.</strong> {capital(what)} of so small a group are not shown, because single people could be told
    from them.
  </p>
);

/** The same in a cell of a table. */
export const WithheldCell = ({ smallest }: { smallest: number }) => (
  <span className={styles.cell} data-testid="withheld" title={`Fewer than ${smallest} people: groups that small are not shown`}>
    under {smallest}
  </span>
);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
