/**
 * The addresses of a stream expire, and a player reads them once. This knows what each address that a playlist gave
 * out stands for, and finds the same thing under the newest grant, so that a player need not load its source anew.
 */

interface Place {
  /** The name of the playlist that names it; null: it is the stream's first playlist. */
  list: string | null;
  name: string;
  generation: number;
}

interface Named {
  name: string;
  url: string;
}

const TIMEOUT_MS = 15_000;
const MASTER = '';

/**
 * What a playlist names: each by its tag without the address, and which of several alike it is. Attributes are the same
 * however often a stream is asked for; addresses and their order need not be. Pure.
 */
export const namesIn = (playlist: string, base: string): Named[] => {
  const seen = new Map<string, number>();
  const named = (tag: string, uri: string): Named => {
    const nth = seen.get(tag) ?? 0;
    seen.set(tag, nth + 1);
    return { name: `${tag}#${nth}`, url: new URL(uri, base).href };
  };
  let tag = '';
  return playlist.split(/\r?\n/).flatMap((raw) => {
    const line = raw.trim();
    if (line === '') return [];
    if (!line.startsWith('#')) return [named(tag, line)];
    tag = line;
    const inside = /URI="([^"]*)"/.exec(line);
    return inside?.[1] === undefined ? [] : [named(line.replace(inside[0], ''), inside[1])];
  });
};

export class StreamAddresses {
  private readonly places = new Map<string, Place>();
  private generation = 0;
  private readonly lists = new Map<string, Promise<Map<string, string>>>();

  constructor(private master: string) {}

  /** Whether a player asks through this at all. */
  get inUse(): boolean {
    return this.places.size > 0;
  }

  /** The stream's address under a newer grant. Nothing is fetched until the player asks for more. */
  renew(master: string): void {
    this.generation += 1;
    this.master = master;
    this.lists.clear();
  }

  /** Where that is now which the player knows by `url`. */
  async now(url: string): Promise<string> {
    const place = this.places.get(url);
    if (place === undefined || place.generation === this.generation) return url;
    return (await this.find(place.list, place.name)) ?? url;
  }

  /** The player was given this playlist when it asked for `url`; `base` is where the answer came from. */
  note(url: string, base: string, playlist: string): void {
    const known = this.places.get(url);
    const list = known === undefined || known.list === null ? MASTER : known.name;
    const { generation } = this;
    if (list === MASTER) this.places.set(url, { list: null, name: MASTER, generation });
    for (const { name, url: found } of namesIn(playlist, base)) this.places.set(found, { list, name, generation });
  }

  private async find(list: string | null, name: string): Promise<string | undefined> {
    if (list === null) return this.master;
    const at = list === MASTER ? this.master : await this.find(MASTER, list);
    return at === undefined ? undefined : (await this.read(at)).get(name);
  }

  private read(url: string): Promise<Map<string, string>> {
    const known = this.lists.get(url);
    if (known !== undefined) return known;
    const reading = listAt(url);
    this.lists.set(url, reading);
    reading.catch(() => this.lists.delete(url));
    return reading;
  }
}

const listAt = async (url: string): Promise<Map<string, string>> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`The stream answered ${response.status}.`);
  const text = await response.text();
  return new Map(namesIn(text, response.url || url).map((named) => [named.name, named.url]));
};
