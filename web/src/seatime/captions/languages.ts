/** Languages by the names that authors and learners know them by. Pure. */

/** Those that Mux understands when it is spoken. */
export const GENERATED = 'en es it pt de fr pl ru nl ca tr sv uk no fi sk el cs hr da ro bg'.split(' ');

const OTHERS = 'ar et fa he hi hu id is ja ko lt lv ms sl sr th vi zh-Hans zh-Hant'.split(' ');

const named = (code: string, reader: string): string => {
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
};

/** As its own speakers call it: it is they who look for it in the player's menu. */
export const ownName = (code: string): string => {
  const name = named(code, code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
};

export const nameFor = (code: string | null, reader: string): string => (code === null ? '' : named(code, reader));

export interface Language {
  code: string;
  name: string;
}

/** In the order of the reader's alphabet. */
export const languagesFor = (reader: string, generated: boolean): Language[] =>
  (generated ? GENERATED : [...GENERATED, ...OTHERS])
    .map((code) => ({ code, name: named(code, reader) }))
    .sort((a, b) => a.name.localeCompare(b.name, reader));
