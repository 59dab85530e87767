/** What players told, by player, browser or country: a row for each that is large enough to be shown. Pure. */
import type { Interactions } from '../../../seatime/api/owner-types';

export type Cut = 'byPlayer' | 'byBrowser' | 'byCountry';

export interface PlatformRow {
  name: string;
  /** Whether all that are too small to be shown by themselves are in one of its numbers. */
  withOthers: boolean;
  /** Undefined: none, or so few that they are with others. */
  plays: number | undefined;
  qualityChanges: number | undefined;
  /** Seconds. */
  waited: number | undefined;
  errors: number | undefined;
}

type Share = Interactions['plays']['byPlayer'][number];

export const platformRows = ({ plays, qualityChanges, rebuffering, errors }: Interactions, cut: Cut): PlatformRow[] => {
  const rows = new Map<string, PlatformRow>();
  const add = (share: Share, member: 'plays' | 'qualityChanges' | 'waited' | 'errors', amount: number) => {
    const empty = { plays: undefined, qualityChanges: undefined, waited: undefined, errors: undefined };
    const row = rows.get(share.name) ?? { name: share.name, withOthers: false, ...empty };
    rows.set(share.name, { ...row, withOthers: row.withOthers || share.withOthers, [member]: (row[member] ?? 0) + amount });
  };
  for (const share of plays[cut]) add(share, 'plays', share.times);
  for (const quality of qualityChanges.values) for (const share of quality[cut]) add(share, 'qualityChanges', share.times);
  for (const share of rebuffering[cut]) add(share, 'waited', share.seconds ?? 0);
  for (const error of errors.values) for (const share of error[cut]) add(share, 'errors', share.times);
  return [...rows.values()].sort((a, b) => (b.plays ?? 0) - (a.plays ?? 0) || a.name.localeCompare(b.name));
};
