import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import '../seatime/tokens.css';
import './app.css';
import { App } from './App';
import { SessionProvider } from './session';
import { chosenTheme, showTheme } from './shell/theme';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

showTheme(chosenTheme());

createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <SessionProvider>
        <App />
      </SessionProvider>
    </BrowserRouter>
  </StrictMode>,
);
