/** A file in the browser's own player, with the menu and the captions that it lacks. */
import type { RefObject } from 'react';
import type { PlayerElement } from './handover';
import type { ElementProps } from './Screen';
import { SpeedMenu } from './SpeedMenu';
import type { PlayerSource } from './source';
import { useCaptionFiles } from './useCaptionFiles';
import styles from './player.module.css';

interface FilePlayerProps extends ElementProps {
  source: Extract<PlayerSource, { kind: 'file' }>;
  media: PlayerElement | null;
  still: RefObject<HTMLCanvasElement | null>;
  /** Something is written over the picture, which the browser's own full screen would leave out. */
  marked: boolean;
}

export const FilePlayer = ({ source, media, still, marked, title, startAt, attach, ...element }: FilePlayerProps) => {
  const captions = useCaptionFiles(source.captions);
  return (
    <>
      <video
        {...element}
        ref={attach}
        aria-label={title}
        src={source.src}
        poster={source.poster}
        controls
        controlsList={marked ? 'nofullscreen' : undefined}
        disablePictureInPicture={marked}
        playsInline
        preload="metadata"
        onLoadedMetadata={(event) => {
          if (event.currentTarget.currentTime < startAt) event.currentTarget.currentTime = startAt;
        }}
      >
        {captions.map(({ languageCode, name, src }) => (
          <track key={src} kind="subtitles" srcLang={languageCode} label={name} src={src} />
        ))}
      </video>
      <canvas ref={still} className={styles.still} hidden aria-hidden="true" />
      {media !== null && <SpeedMenu media={media} />}
    </>
  );
};
