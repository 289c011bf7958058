import type { Frame, FrameSink, HostFrame, Plane, Size } from '@gimbal/core';

/** Takes frames and forgets them: what remains of a run is decoding and rendering. Buffers are used again, as a real sink does. */
export function nullSink(): FrameSink {
  let size: Size = { width: 0, height: 0 };
  const free: (readonly Plane[])[] = [];
  return {
    async open(output) {
      size = output;
    },
    allocate(like) {
      return blankFrame(like, size, free.pop() ?? blankPlanes(like, size), free);
    },
    async write(frame) {
      frame.close();
    },
    async finish() {},
    async abort() {},
  };
}

function blankFrame(like: Frame, size: Size, planes: readonly Plane[], free: (readonly Plane[])[]): HostFrame {
  let open = true;
  return {
    ...size,
    memory: 'host',
    format: like.format,
    time: like.time,
    index: like.index,
    fullRange: like.fullRange,
    planes,
    clone() {
      throw new Error('A frame of the null sink belongs to the sink alone.');
    },
    close() {
      if (open) free.push(planes);
      open = false;
    },
  };
}

function blankPlanes({ format }: Frame, size: Size): Plane[] {
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  const plane = (width: number, height: number, channels: 1 | 2): Plane => {
    const stride = width * channels * bytesPerSample;
    return { data: new Uint8Array(stride * height), width, height, stride, channels, bytesPerSample };
  };
  const luma = plane(size.width, size.height, 1);
  if (!format.chroma) return [luma];
  const width = Math.ceil(size.width / 2 ** format.chromaShiftX);
  const height = Math.ceil(size.height / 2 ** format.chromaShiftY);
  if (format.layout === 'semiplanar') return [luma, plane(width, height, 2)];
  return [luma, plane(width, height, 1), plane(width, height, 1)];
}
