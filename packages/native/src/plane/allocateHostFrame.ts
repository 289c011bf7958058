import { GimbalError, type HostFrame, type PixelFormat, type Plane, type Size } from '@gimbal/core';
import { alignedStride, planeLayout } from './planeLayout.js';

/** What a new frame says of itself. */
export interface HostFrameInit {
  /** Seconds. */
  readonly time: number;
  readonly index: number;
  readonly fullRange?: boolean | undefined;
  readonly captions?: Uint8Array | undefined;
}

/**
 * A frame in plain memory, all zero. Its samples live as long as a handle is open or a plane is referred to.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a size that is not at least 1×1 and whole.
 */
export function allocateHostFrame(format: PixelFormat, size: Size, init: HostFrameInit): HostFrame {
  const { width, height } = size;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A frame needs at least 1×1 whole pixels, received ${width}×${height}.`,
    );
  }
  const planes = planeLayout(format, size).map((shape): Plane => {
    const stride = alignedStride(shape);
    return { ...shape, stride, data: new Uint8Array(stride * shape.height) };
  });
  return handle(planes, {
    width,
    height,
    format,
    time: init.time,
    index: init.index,
    fullRange: init.fullRange ?? false,
    captions: init.captions,
  });
}

type Description = Pick<HostFrame, 'width' | 'height' | 'format' | 'time' | 'index' | 'fullRange' | 'captions'>;

function handle(samples: readonly Plane[], description: Description): HostFrame {
  let open: readonly Plane[] | undefined = samples;
  const planes = () => {
    if (open !== undefined) return open;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'This frame has been closed; keep one longer with clone().');
  };
  return {
    ...description,
    memory: 'host',
    get planes() {
      return planes();
    },
    clone: () => handle(planes(), description),
    close: () => {
      open = undefined;
    },
  };
}
