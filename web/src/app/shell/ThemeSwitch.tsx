import { useState } from 'react';
import { chooseTheme, chosenTheme, nextTheme, type Theme } from './theme';
import styles from './shell.module.css';

const NAMES: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

export const ThemeSwitch = () => {
  const [theme, setTheme] = useState(chosenTheme);
  const change = () => {
    const next = nextTheme(theme);
    chooseTheme(next);
    setTheme(next);
  };
  const name = `Colours: ${NAMES[theme]}. Change to ${NAMES[nextTheme(theme)]}`;
  return (
    <button type="button" className={styles.icon} onClick={change} aria-label={name} title={name} data-testid="theme">
      <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden="true">
        {DRAWINGS[theme]}
      </svg>
    </button>
  );
};

const DRAWINGS: Record<Theme, React.ReactNode> = {
  system: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor" stroke="none" />
    </>
  ),
  light: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path
        d="M12 2.5v2.5m0 14v2.5M2.5 12H5m14 0h2.5M5.3 5.3l1.8 1.8m9.8 9.8 1.8 1.8m0-13.4-1.8 1.8m-9.8 9.8-1.8 1.8"
        strokeLinecap="round"
      />
    </>
  ),
  dark: <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" strokeLinejoin="round" />,
};
