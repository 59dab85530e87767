/** What course owners look at. Apart from the rest, because the chart library is larger than all of that. */
export { default as DayChart } from './views/DayChart';
export { LiveViewers } from './views/LiveViewers';
export { default as RetentionChart } from './views/RetentionChart';
export { SeekMatrix } from './views/SeekMatrix';
export type * from './api/owner-types';
