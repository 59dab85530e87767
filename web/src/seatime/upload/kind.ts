/** Video or not, as the server decides it: the type says so, and the name where the type says nothing. Pure. */

const VIDEO_ENDINGS = new Set('3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv'.split(' '));
const SAYS_NOTHING = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/mxf']);

export const isVideo = ({ name, type }: { name: string; type: string }): boolean => {
  const declared = (type.split(';')[0] ?? '').trim().toLowerCase();
  if (declared.startsWith('video/')) return true;
  return SAYS_NOTHING.has(declared) && VIDEO_ENDINGS.has((name.split('.').at(-1) ?? '').toLowerCase());
};
