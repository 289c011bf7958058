import {
  type CudaArray,
  type Frame,
  type FrameSink,
  type FrameSource,
  globalWarp,
  multiplyHomographies,
  type Plane,
  type Renderer,
  type Size,
  scalingHomography,
  translationHomography,
} from '@gimbal/core';

/** Chroma of any subsampling begins at a multiple of this many luma columns. */
const CHROMA_ALIGNMENT = 4;

/** Width of the left half when the right one is `width` wide: the same, rounded up so that chroma samples are not shared. */
function leftWidth(width: number): number {
  return Math.ceil(width / CHROMA_ALIGNMENT) * CHROMA_ALIGNMENT;
}

/** Columns `x` to `x + width` of a frame, on the same memory. Closing the view closes the frame. */
export function columnsOf<F extends Frame>(frame: F, x: number, width: number): F;
export function columnsOf(frame: Frame, x: number, width: number): Frame {
  const description = {
    width,
    height: frame.height,
    format: frame.format,
    time: frame.time,
    index: frame.index,
    fullRange: frame.fullRange,
    clone: () => columnsOf(frame.clone(), x, width),
    close: () => frame.close(),
  };
  const shiftOf = (plane: number) => (plane === 0 ? 0 : frame.format.chromaShiftX);
  const widthOf = (plane: number) => (width + (1 << shiftOf(plane)) - 1) >> shiftOf(plane);
  if (frame.memory === 'cuda') {
    const planes = frame.planes.map((plane, i): CudaArray => {
      const [rows, , ...channels] = plane.shape;
      const start = (x >> shiftOf(i)) * plane.strides[1];
      return { ...plane, pointer: plane.pointer + BigInt(start), shape: [rows, widthOf(i), ...channels] };
    });
    return { ...description, memory: 'cuda', planes };
  }
  const planes = frame.planes.map((plane, i): Plane => {
    const start = (x >> shiftOf(i)) * plane.channels * plane.bytesPerSample;
    return { ...plane, data: plane.data.subarray(start), width: widthOf(i) };
  });
  return { ...description, memory: 'host', planes };
}

/**
 * Makes a renderer and a sink show the original on the left of every stabilized picture: the sink opens twice as wide, the renderer
 * fills the right half as told and the left half with the source as it is (scaled to the same height where the sizes differ).
 */
export function sideBySide(
  renderer: Renderer,
  sink: FrameSink,
): {
  readonly renderer: Renderer;
  readonly sink: FrameSink;
  /** Makes another renderer fill the same sink's pictures. */
  readonly around: (renderer: Renderer) => Renderer;
} {
  const whole = new WeakMap<Frame, Frame>();
  let half: Size = { width: 0, height: 0 };
  return {
    sink: {
      memory: sink.memory,
      async open(size) {
        half = size;
        await sink.open({ width: leftWidth(size.width) + size.width, height: size.height });
      },
      async allocate(like) {
        const wide = await sink.allocate(like);
        const right = columnsOf(wide, leftWidth(half.width), half.width);
        whole.set(right, wide);
        return right;
      },
      write: (frame) => sink.write(whole.get(frame) ?? frame),
      finish: () => sink.finish(),
      abort: () => sink.abort(),
    },
    renderer: around(renderer),
    around,
  };

  function around(inner: Renderer): Renderer {
    return {
      name: inner.name,
      memory: inner.memory,
      concurrency: inner.concurrency,
      async render(source, target, warp, options) {
        await inner.render(source, target, warp, options);
        const wide = whole.get(target);
        if (wide === undefined) return;
        const left = columnsOf(wide, 0, leftWidth(half.width));
        await inner.render(source, left, globalWarp(fitting(source, half)), options);
      },
      ...(inner.warmup && { warmup: inner.warmup.bind(inner) }),
      ...(inner.dispose && { dispose: inner.dispose.bind(inner) }),
    };
  }
}

/** Output pixel → source pixel for a picture scaled as a whole; pixel centres on integers. */
function fitting(source: Size, output: Size): Float64Array {
  const scale = scalingHomography(source.width / output.width, source.height / output.height);
  return multiplyHomographies(
    translationHomography(-0.5, -0.5),
    multiplyHomographies(scale, translationHomography(0.5, 0.5)),
  );
}

/** The stabilized half of a side-by-side clip, so that it can be measured. */
export function stabilizedHalf(source: FrameSource, width: number): FrameSource {
  return {
    info: { ...source.info, width },
    get warnings() {
      return source.warnings;
    },
    async *frames(options) {
      for await (const frame of source.frames(options)) yield columnsOf(frame, leftWidth(width), width);
    },
    close: () => source.close(),
  };
}
