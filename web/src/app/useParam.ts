import { useParams } from 'react-router';

/** A parameter of the route that is matched, and so is there. */
export const useParam = (name: string): string => {
  const value = useParams()[name];
  if (value === undefined) throw new Error(`the route has no :${name}`);
  return value;
};
