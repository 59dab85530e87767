import { useEffect, useState } from 'react';

export interface Choice {
  id: string;
  label: string;
}

export interface Found {
  cameras: Choice[];
  microphones: Choice[];
}

const NONE: Found = { cameras: [], microphones: [] };

/** Browsers name devices only once one may be used; until then they are counted. */
export const choicesOf = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind, name: string): Choice[] =>
  devices
    .filter((device) => device.kind === kind && device.deviceId !== '')
    .map((device, index) => ({ id: device.deviceId, label: device.label || `${name} ${index + 1}` }));

/** Cameras and microphones, read again whenever one comes or goes. `key` changes when names may have become known. */
export const useDevices = (key: unknown): Found => {
  const [found, setFound] = useState(NONE);
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (media === undefined) return undefined;
    let live = true;
    const read = async () => {
      const devices = await media.enumerateDevices().catch(() => []);
      if (!live) return;
      setFound({
        cameras: choicesOf(devices, 'videoinput', 'Camera'),
        microphones: choicesOf(devices, 'audioinput', 'Microphone'),
      });
    };
    const onChange = () => void read();
    onChange();
    media.addEventListener('devicechange', onChange);
    return () => {
      live = false;
      media.removeEventListener('devicechange', onChange);
    };
  }, [key]);
  return found;
};
