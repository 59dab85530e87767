export interface Figure {
  name: string;
  value: string;
  /** What stands behind it, for a test and a tooltip. */
  id: string;
}

export const Figures = ({ figures }: { figures: readonly Figure[] }) => (
  <dl className="figures">
    {figures.map(({ id, name, value }) => (
      <div key={id} className="card figure">
        <dt>{name}</dt>
        <dd data-testid={`figure-${id}`}>{value}</dd>
      </div>
    ))}
  </dl>
);
