import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { DayNumbers } from '../api/owner-types';
import { clock } from '../format';
import { ACROSS, GRID, MARGIN, TOLD, UP, acrossLabel, upLabel } from './chartLook';
import { barsOf, dayName } from './days';
import styles from './views.module.css';

const HEIGHT = 260;

/** Views and completions by day (UTC). Days that are shown together, because few watched, are one bar. Load it lazily. */
export default function DayChart({ days }: { days: readonly DayNumbers[] }) {
  const data = days.map((day) => ({ ...day, name: dayName(day) }));
  return (
    <figure className={styles.chart} data-testid="day-chart">
      <figcaption className={styles.legend}>
        <span className={styles.unique}>Views</span>
        <span className={styles.replays}>Completions</span>
      </figcaption>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart data={barsOf(days)} margin={MARGIN} barGap={2} maxBarSize={36} title="Views and completions by day">
          <CartesianGrid {...GRID} />
          <XAxis {...ACROSS} dataKey="name" minTickGap={16} label={acrossLabel('Day (UTC)')} />
          <YAxis {...UP} label={upLabel('A day')} />
          <Tooltip {...TOLD} cursor={{ fill: 'var(--st-surface-3)', fillOpacity: 0.5 }} />
          <Bar name="Views" dataKey="views" fill="var(--st-accent)" radius={[4, 4, 0, 0]} isAnimationActive={false} />
          <Bar name="Completions" dataKey="completions" fill="var(--st-second)" radius={[4, 4, 0, 0]} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
      <details className={styles.asTable}>
        <summary>Day by day, as a table</summary>
        <div className={styles.tableScroll} role="region" aria-label="Figures by day" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Days (UTC)</th>
                <th scope="col">Views</th>
                <th scope="col">New viewers</th>
                <th scope="col">Completions</th>
                <th scope="col">Watch time</th>
                <th scope="col">Verified</th>
              </tr>
            </thead>
            <tbody>
              {data.map((day) => (
                <tr key={day.firstDay}>
                  <th scope="row">{day.name}</th>
                  <td>{day.views}</td>
                  <td>{day.newViewers}</td>
                  <td>{day.completions}</td>
                  <td>{clock(day.watchTime)}</td>
                  <td>{clock(day.verifiedTime)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
