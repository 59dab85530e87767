import { Area, AreaChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { clock, percent } from '../format';
import { ACROSS, GRID, MARGIN, TOLD, UP, acrossLabel, upLabel } from './chartLook';
import { closed, describe, pointsOf, sayDropOff, ticksUpTo, type DropOffPoint, type Retention } from './retention';
import styles from './views.module.css';

const HEIGHT = 320;
/** As many lines as can be told apart; the list has all. */
const MARKED = 5;

interface RetentionChartProps {
  retention: Retention;
  /** The steepest first. */
  dropOffs?: readonly DropOffPoint[] | null;
}

/**
 * Who still watched at each second: viewers, and on top of them what they played again; marked where many left. Load it
 * lazily: it brings the chart library.
 */
export default function RetentionChart({ retention, dropOffs }: RetentionChartProps) {
  const points = pointsOf(retention);
  const most = Math.max(1, ...points.map(({ unique, replays }) => unique + replays));
  const end = points.length * retention.bucketSeconds;
  const left = dropOffs ?? [];
  return (
    <figure className={styles.chart} data-testid="retention-chart">
      <figcaption className={styles.legend}>
        <span className={styles.unique}>Viewers</span>
        <span className={styles.replays}>Replays</span>
        {left.length > 0 && <span className={styles.dropOff}>Drop-off points</span>}
      </figcaption>
      <p className={styles.spoken}>{describe(points, clock)}</p>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <AreaChart data={closed(points, retention.bucketSeconds)} margin={MARGIN} title="Viewers and replays at each moment of the video">
          <CartesianGrid {...GRID} />
          <XAxis
            {...ACROSS}
            dataKey="at"
            type="number"
            domain={[0, end]}
            ticks={ticksUpTo(end)}
            tickFormatter={clock}
            label={acrossLabel('Time in the video')}
          />
          <YAxis {...UP} domain={[0, 'auto']} tickCount={Math.min(5, Math.ceil(most) + 1)} label={upLabel('People')} />
          <Tooltip {...TOLD} labelFormatter={(at) => `At ${clock(Number(at))}`} />
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
          {left.slice(0, MARKED).map(({ position, share }) => (
            <ReferenceLine
              key={position}
              x={position}
              stroke="var(--st-bad)"
              strokeDasharray="4 3"
              label={{ value: `−${percent(share)}`, position: 'top', fill: 'var(--st-bad)', fontSize: 12 }}
            />
          ))}
        </AreaChart>
      </ResponsiveContainer>
      {left.length > 0 && (
        <ul className={styles.dropOffs} aria-label="Drop-off points, the steepest first">
          {left.map((one) => (
            <li key={one.position} data-testid="drop-off">
              {sayDropOff(one, clock, percent)}
            </li>
          ))}
        </ul>
      )}
      <details className={styles.asTable}>
        <summary>The curve as a table</summary>
        <div className={styles.tableScroll} role="region" aria-label="Retention" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Viewers</th>
                <th scope="col">Replays</th>
              </tr>
            </thead>
            <tbody>
              {points.map(({ at, unique, replays }) => (
                <tr key={at}>
                  <th scope="row">{clock(at)}</th>
                  <td>{unique}</td>
                  <td>{replays}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
