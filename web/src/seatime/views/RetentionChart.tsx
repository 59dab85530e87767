import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { clock } from '../format';
import { describe, pointsOf, type Retention } from './retention';
import styles from './views.module.css';

const HEIGHT = 280;

/** Who still watched at each second: viewers, and on top of them what they played again. Load it lazily: it brings the chart library. */
export default function RetentionChart({ retention }: { retention: Retention }) {
  const points = pointsOf(retention);
  return (
    <figure className={styles.chart} data-testid="retention-chart">
      <figcaption className={styles.legend}>
        <span className={styles.unique}>Viewers</span>
        <span className={styles.replays}>Replays</span>
      </figcaption>
      <p className={styles.spoken}>{describe(points, clock)}</p>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <AreaChart data={points} margin={{ top: 8, right: 8, bottom: 0, left: -16 }}>
          <CartesianGrid vertical={false} stroke="var(--st-line)" />
          <XAxis
            dataKey="at"
            type="number"
            domain={[0, 'dataMax']}
            tickFormatter={clock}
            stroke="var(--st-muted)"
            tickLine={false}
          />
          <YAxis allowDecimals={false} stroke="var(--st-muted)" tickLine={false} axisLine={false} />
          <Tooltip
            labelFormatter={(at) => clock(Number(at))}
            contentStyle={{ background: 'var(--st-surface)', border: '1px solid var(--st-line)', borderRadius: 8 }}
          />
          <Area
            name="Viewers"
            dataKey="unique"
            type="stepAfter"
            stackId="1"
            stroke="var(--st-accent)"
            fill="var(--st-accent)"
            fillOpacity={0.25}
            isAnimationActive={false}
          />
          <Area
            name="Replays"
            dataKey="replays"
            type="stepAfter"
            stackId="1"
            stroke="var(--st-second)"
            fill="var(--st-second)"
            fillOpacity={0.3}
            isAnimationActive={false}
          />
        </AreaChart>
      </ResponsiveContainer>
    </figure>
  );
}
