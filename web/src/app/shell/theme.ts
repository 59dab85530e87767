/** Light or dark: the system's, until somebody chooses. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'seatime.theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

export const chosenTheme = (): Theme => {
  const kept = localStorage.getItem(KEY);
  return ORDER.find((theme) => theme === kept) ?? 'system';
};

export const nextTheme = (theme: Theme): Theme => ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';

/** app.css reads the attribute. */
export const showTheme = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

export const chooseTheme = (theme: Theme): void => {
  localStorage.setItem(KEY, theme);
  showTheme(theme);
};
