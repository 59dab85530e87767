/** The services' HTTP surface as typed calls, one file per subject. A new call goes into its subject's file. */
import { adminCalls } from './admin';
import { analyticsCalls } from './analytics';
import { authorCalls } from './authoring';
import { beatCalls } from './beats';
import { captionCalls } from './captions';
import { courseCalls } from './courses';
import { httpOf, type Http, type SeatimeApiOptions } from './http';
import { ownerCalls } from './owners';
import { playbackCalls } from './playback';
import { progressCalls } from './progress';
import { uploadCalls } from './uploads';

export type { SeatimeApiOptions } from './http';

const callsOf = (http: Http) => ({
  ...courseCalls(http),
  ...authorCalls(http),
  ...uploadCalls(http),
  ...captionCalls(http),
  ...playbackCalls(http),
  ...beatCalls(http),
  ...progressCalls(http),
  ...analyticsCalls(http),
  /** What a course's owner asks for. */
  owners: ownerCalls(http),
  /** What runs the platform. */
  admin: adminCalls(http),
});

export type SeatimeApi = ReturnType<typeof callsOf>;

export const createSeatimeApi = (options: SeatimeApiOptions): SeatimeApi => callsOf(httpOf(options));
