import { useEffect, useRef, useState } from 'react';

/** Hands a file to Mux's uploader once that is there, as if it had been chosen in it. Answers the uploader's ref. */
export const useGivenFile = (file: File | undefined): ((uploader: HTMLElement | null) => void) => {
  const [uploader, setUploader] = useState<HTMLElement | null>(null);
  const given = useRef<File>(undefined);
  useEffect(() => {
    if (uploader === null || file === undefined || given.current === file) return;
    given.current = file;
    uploader.dispatchEvent(new CustomEvent('file-ready', { detail: file }));
  }, [uploader, file]);
  return setUploader;
};
