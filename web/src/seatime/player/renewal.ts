/** How a stream that is playing goes on under a newer grant: its loaders are told, and wait for one where refused. */
import { StreamAddresses } from './addresses';
import { renewingLoaders, type HlsConfig } from './loaders';

const PATIENCE_MS = 20_000;

interface Waiting {
  resolve: () => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Renewal {
  readonly config: Partial<HlsConfig>;
  private readonly addresses: StreamAddresses;
  private waiting: Waiting[] = [];

  /** `refresh` asks for a newer grant, and may be called while one is on its way. */
  constructor(
    private readonly url: string,
    private readonly refresh: () => void,
  ) {
    this.addresses = new StreamAddresses(url);
    this.config = renewingLoaders(this.addresses, () => this.renewed());
  }

  /** False where this can't carry the player over: it plays something else, or the browser itself fetches the stream. */
  accept(url: string): boolean {
    if (!this.addresses.inUse || pathOf(url) !== pathOf(this.url)) return false;
    this.addresses.renew(url);
    const { waiting } = this;
    this.waiting = [];
    for (const { resolve, timer } of waiting) {
      clearTimeout(timer);
      resolve();
    }
    return true;
  }

  private renewed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one.timer !== timer);
        reject(new Error('No newer grant came in time.'));
      }, PATIENCE_MS);
      this.waiting.push({ resolve, timer });
      if (this.waiting.length === 1) this.refresh();
    });
  }
}

const pathOf = (url: string): string => url.split('?')[0] ?? '';
