import { createContext, useContext, type ReactNode } from 'react';
import type { SeatimeApi } from './api/client';

const ApiContext = createContext<SeatimeApi | null>(null);

/** Gives every Seatime component below it the API client, and with it the signed-in user. */
export const SeatimeProvider = ({ api, children }: { api: SeatimeApi; children: ReactNode }) => (
  <ApiContext.Provider value={api}>{children}</ApiContext.Provider>
);

export const useSeatimeApi = (): SeatimeApi => {
  const api = useContext(ApiContext);
  if (api === null) throw new Error('Seatime components need a <SeatimeProvider> above them');
  return api;
};
