/** Why there is no picture or sound, and what the author can do about it, in words. Pure. */

export type Wanted = 'camera' | 'microphone' | 'screen';

export interface Problem {
  title: string;
  message: string;
}

const THE: Record<Wanted, string> = { camera: 'the camera', microphone: 'the microphone', screen: 'the screen' };

export const UNSUPPORTED: Problem = {
  title: 'This browser can’t record',
  message: 'Use a current Chrome, Edge, Firefox or Safari, or record with another program and upload the file.',
};

export const INSECURE: Problem = {
  title: 'Recording needs a secure connection',
  message: 'Browsers hand out camera and screen only on pages whose address begins with https.',
};

export const NO_SCREEN: Problem = {
  title: 'This device can’t share its screen',
  message: 'Phones and tablets don’t let a page record the screen. Use the camera, or a computer.',
};

const denied = (wanted: Wanted, message: string): Problem => {
  if (/by system/i.test(message)) {
    return {
      title: `The system keeps ${THE[wanted]} from the browser`,
      message: 'Allow it in the system’s privacy settings, restart the browser if they ask for it, and try again.',
    };
  }
  if (wanted === 'screen') {
    return {
      title: 'No screen was shared',
      message: 'Nothing is recorded until you choose a screen, a window or a tab in the browser’s dialog.',
    };
  }
  if (/dismissed/i.test(message)) {
    return {
      title: `You have not decided about ${THE[wanted]} yet`,
      message: 'The browser’s question was closed without an answer. Try again, and choose “Allow”.',
    };
  }
  return {
    title: `Access to ${THE[wanted]} was refused`,
    message:
      'This page may not use it. Click the symbol left of the page’s address, allow camera and microphone, and try again.',
  };
};

const missing = (wanted: Wanted): Problem => ({
  title: `No ${wanted} was found`,
  message: 'Plug one in, or switch it on, and try again.',
});

export const explain = (error: unknown, wanted: Wanted): Problem => {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error || error instanceof DOMException ? error.message : String(error);
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return denied(wanted, message);
    case 'SecurityError':
      return INSECURE;
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return missing(wanted);
    case 'OverconstrainedError':
      return {
        title: `The chosen ${wanted} is not there any more`,
        message: 'Choose another one, or plug it in again.',
      };
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return {
        title: `Another program uses ${THE[wanted]}`,
        message: 'Close calls and other programs that show its picture or sound, and try again.',
      };
    default:
      return { title: `The browser could not open ${THE[wanted]}`, message: message || 'It did not say why.' };
  }
};

export const GONE = {
  camera: 'The camera was disconnected. What was recorded until then is kept.',
  microphone: 'The microphone was disconnected. The recording goes on without sound.',
} as const;

export const NO_SOUND = 'There will be no sound: ';
