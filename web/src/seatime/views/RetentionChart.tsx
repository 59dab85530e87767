import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { clock } from '../format';
import { closed, describe, pointsOf, ticksUpTo, type Retention } from './retention';
import styles from './views.module.css';

const HEIGHT = 280;

/** Who still watched at each second: viewers, and on top of them what they played again. Load it lazily: it brings the chart library. */
export default function RetentionChart({ retention }: { retention: Retention }) {
  const points = pointsOf(retention);
  const most = Math.max(1, ...points.map(({ unique, replays }) => unique + replays));
  const end = points.length * retention.bucketSeconds;
  return (
    <figure className={styles.chart} data-testid="retention-chart">
      <figcaption className={styles.legend}>
        <span className={styles.unique}>Viewers</span>
        <span className={styles.replays}>Replays</span>
      </figcaption>
      <p className={styles.spoken}>{describe(points, clock)}</p>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <AreaChart data={closed(points, retention.bucketSeconds)} margin={{ top: 8, right: 16, bottom: 4, left: -16 }}>
          <CartesianGrid vertical={false} stroke="var(--st-line)" />
          <XAxis
            dataKey="at"
            type="number"
            domain={[0, end]}
            ticks={ticksUpTo(end)}
            tickFormatter={clock}
            stroke="var(--st-muted)"
            tickLine={false}
            tickMargin={8}
            fontSize={13}
          />
          <YAxis
            allowDecimals={false}
            domain={[0, 'auto']}
            tickCount={Math.min(5, Math.ceil(most) + 1)}
            stroke="var(--st-muted)"
            tickLine={false}
            axisLine={false}
            fontSize={13}
          />
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
            stroke="none"
            fill="var(--st-second)"
            fillOpacity={0.6}
            isAnimationActive={false}
          />
        </AreaChart>
      </ResponsiveContainer>
    </figure>
  );
}
