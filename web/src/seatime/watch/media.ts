/** What is used of a media element, whoever made it. */

/** What is used of HTMLMediaElement; Mux's player element has it too (`seeking`, for one, it lacks). */
export interface MediaLike extends EventTarget {
  readonly currentTime: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly readyState: number;
  readonly playbackRate: number;
  /** Seconds; where it begins again at its end. */
  readonly duration?: number;
  readonly loop?: boolean;
  /** Pixels; what changes with the quality, where that is chosen by rendition. */
  readonly videoHeight?: number;
  /** The element's name says which player it is. */
  readonly localName?: string;
  readonly error?: { readonly code: number; readonly muxCode?: number | undefined } | null;
}

const HAVE_FUTURE_DATA = 3;

export const hasData = ({ readyState }: MediaLike): boolean => readyState >= HAVE_FUTURE_DATA;

/** Mux's player has codes of its own beside the element's; this one is no fault of the network. */
const MUX_TOKEN_EXPIRED = 2403210;

/** What went wrong, as it is reported; undefined where the element doesn't say. */
export const faultOf = ({ error }: MediaLike): string | undefined => {
  if (error?.muxCode === MUX_TOKEN_EXPIRED) return 'expired';
  return error === null || error === undefined ? undefined : String(error.code);
};

export interface Heard {
  media: Record<string, () => void>;
  /** Whether somebody can see the page has changed. */
  onVisibility: () => void;
  /** Nothing may run after this: the page is left, kept for a return, or frozen. */
  onLeave: () => void;
}

/** Answers how to stop listening. */
export const listenTo = (media: MediaLike, { media: onMedia, onVisibility, onLeave }: Heard): (() => void) => {
  const end = new AbortController();
  const { signal } = end;
  for (const [type, listener] of Object.entries(onMedia)) media.addEventListener(type, listener, { signal });
  document.addEventListener('visibilitychange', onVisibility, { signal });
  document.addEventListener('freeze', onLeave, { signal });
  window.addEventListener('pagehide', onLeave, { signal });
  return () => end.abort();
};
