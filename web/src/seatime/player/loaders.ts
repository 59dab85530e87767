/**
 * What hls.js loads with under our player: every request goes to where the thing is by the newest grant, and one that
 * is refused waits for a newer grant and is made once more. The player notices nothing but a slow answer.
 */
import type { MuxPlayerProps } from '@mux/mux-player-react';
import type { StreamAddresses } from './addresses';

export type HlsConfig = NonNullable<MuxPlayerProps['_hlsConfig']>;
type LoaderClass = NonNullable<HlsConfig['loader']>;
type Loader = InstanceType<LoaderClass>;
type Load = Parameters<Loader['load']>;

/** What an expired or revoked address is answered with: Mux says 403, others 401 or 410. */
const REFUSED = new Set([401, 403, 410]);

/** `renewed` resolves once `addresses` stand under a newer grant, and rejects if they won't. */
export const renewingLoaders = (addresses: StreamAddresses, renewed: () => Promise<void>): Partial<HlsConfig> => {
  class RenewingLoader {
    context: Load[0] | null = null;
    private inner: Loader;
    private over = false;

    constructor(private readonly config: HlsConfig) {
      this.inner = this.made();
    }

    get stats(): Loader['stats'] {
      return this.inner.stats;
    }

    load(...[context, config, callbacks]: Load): void {
      this.context = context;
      void this.attempt(true, context, config, callbacks);
    }

    abort(): void {
      this.over = true;
      this.inner.abort();
    }

    destroy(): void {
      this.over = true;
      this.inner.destroy();
    }

    getCacheAge(): number | null {
      return this.inner.getCacheAge?.() ?? null;
    }

    getResponseHeader(name: string): string | null {
      return this.inner.getResponseHeader?.(name) ?? null;
    }

    private made(): Loader {
      return new (this.config.loader as LoaderClass)(this.config as ConstructorParameters<LoaderClass>[0]);
    }

    private async attempt(first: boolean, ...[context, config, callbacks]: Load): Promise<void> {
      // If the newest playlists can't be read, the address that is known may still be good.
      const url = await addresses.now(context.url).catch(() => context.url);
      if (this.over) return;
      const { onProgress, onAbort } = callbacks;
      this.inner.load({ ...context, url }, config, {
        onSuccess: (response, stats, _, details) => {
          if (typeof response.data === 'string') addresses.note(context.url, response.url || url, response.data);
          callbacks.onSuccess(response, stats, context, details);
        },
        onError: (error, _, details, stats) => {
          const failed = () => callbacks.onError(error, context, details, stats);
          if (!first || !REFUSED.has(error.code)) return failed();
          renewed().then(() => this.again(context, config, callbacks), () => this.over || failed());
        },
        onTimeout: (stats, _, details) => callbacks.onTimeout(stats, context, details),
        ...(onProgress && { onProgress: (stats, _, data, details) => onProgress(stats, context, data, details) }),
        ...(onAbort && { onAbort: (stats, _, details) => onAbort(stats, context, details) }),
      });
    }

    /** hls.js holds the first loader's figures: the second goes on writing into those. */
    private again(...args: Load): void {
      if (this.over) return;
      const { stats } = this.inner;
      const next = this.made();
      next.stats = Object.assign(stats, next.stats);
      this.inner = next;
      void this.attempt(false, ...args);
    }
  }

  const Renewing = RenewingLoader as unknown as LoaderClass;
  return { fLoader: Renewing as HlsConfig['fLoader'], pLoader: Renewing as HlsConfig['pLoader'] };
};
