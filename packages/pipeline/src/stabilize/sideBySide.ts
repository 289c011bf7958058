// Original and steadied picture beside each other.
import {
  type CudaArray,
  type Frame,
  type FrameSink,
  type FrameSource,
  globalWarp,
  type Plane,
  type Renderer,
  type Size,
} from '@gimbal/core';
import {
  invertHomography,
  multiplyHomographies,
  scalingHomography,
  translationHomography,
} from '@gimbal/core/geometry';

/** Chroma of any subsampling begins at a multiple of this many luma rows and columns. */
const CHROMA_ALIGNMENT = 4;

/** A rectangle of a picture, in luma samples. */
export interface Part extends Size {
  readonly x: number;
  readonly y: number;
}

/** Where the two halves lie in what is stored. */
interface Halves {
  readonly whole: Size;
  readonly original: Part;
  readonly stabilized: Part;
}

/**
 * Puts the original left and the stabilized picture right as a player shows them, which turns what is stored by `rotation` degrees
 * clockwise. The second half begins where no chroma sample is shared; what lies between belongs to the original.
 */
function halvesOf(size: Size, rotation: number): Halves {
  const turned = Math.round(rotation / 90) % 4;
  const down = turned % 2 === 1;
  const length = down ? size.height : size.width;
  const second = Math.ceil(length / CHROMA_ALIGNMENT) * CHROMA_ALIGNMENT;
  const part = (start: number, end: number): Part =>
    down
      ? { x: 0, y: start, width: size.width, height: end - start }
      : { x: start, y: 0, width: end - start, height: size.height };
  const { width, height } = part(0, second + length);
  // Turned by a quarter clockwise, what is stored at the bottom is shown on the left.
  const originalFirst = turned === 0 || turned === 3;
  const between = second === length ? second : second - CHROMA_ALIGNMENT;
  return {
    whole: { width, height },
    original: originalFirst ? part(0, second) : part(between, second + length),
    stabilized: originalFirst ? part(second, second + length) : part(0, length),
  };
}

/** A part of a frame that begins at whole chroma samples, on the same memory. Closing the view closes the frame. */
export function partOf<F extends Frame>(frame: F, part: Part): F;
export function partOf(frame: Frame, part: Part): Frame {
  const { x, y, width, height } = part;
  const { alpha, chromaShiftX, chromaShiftY } = frame.format;
  const opacity = alpha ? frame.planes.length - 1 : undefined;
  const description = {
    width,
    height,
    format: frame.format,
    time: frame.time,
    index: frame.index,
    fullRange: frame.fullRange,
    clone: () => partOf(frame.clone(), part),
    close: () => frame.close(),
  };
  const of = (plane: number) => {
    const [shiftX, shiftY] = plane === 0 || plane === opacity ? [0, 0] : [chromaShiftX, chromaShiftY];
    return {
      x: x >> shiftX,
      y: y >> shiftY,
      width: (width + (1 << shiftX) - 1) >> shiftX,
      height: (height + (1 << shiftY) - 1) >> shiftY,
    };
  };
  if (frame.memory === 'cuda') {
    const planes = frame.planes.map((plane, i): CudaArray => {
      const own = of(i);
      const start = own.y * plane.strides[0] + own.x * plane.strides[1];
      return {
        ...plane,
        pointer: plane.pointer + BigInt(start),
        shape: [own.height, own.width, ...plane.shape.slice(2)],
      };
    });
    return { ...description, memory: 'cuda', planes };
  }
  const planes = frame.planes.map((plane, i): Plane => {
    const own = of(i);
    const start = own.y * plane.stride + own.x * plane.channels * plane.bytesPerSample;
    return { ...plane, data: plane.data.subarray(start), width: own.width, height: own.height };
  });
  return { ...description, memory: 'host', planes };
}

/**
 * Makes a renderer and a sink show the original on the left of every stabilized picture: the sink opens for both, the renderer fills
 * one half as told and the other with the source as it is (scaled to the same height where the sizes differ).
 * @param rotation Degrees, clockwise, by which players turn what is stored.
 */
export function sideBySide(
  renderer: Renderer,
  sink: FrameSink,
  rotation = 0,
): {
  readonly renderer: Renderer;
  readonly sink: FrameSink;
  /** Makes another renderer fill the same sink's pictures. */
  readonly around: (renderer: Renderer) => Renderer;
} {
  const whole = new WeakMap<Frame, Frame>();
  let half: Size = { width: 0, height: 0 };
  let halves = halvesOf(half, rotation);
  return {
    sink: {
      // Decided when the sink is open.
      get memory() {
        return sink.memory;
      },
      async open(size) {
        half = size;
        halves = halvesOf(size, rotation);
        await sink.open(halves.whole);
      },
      async allocate(like) {
        const both = await sink.allocate(like);
        const stabilized = partOf(both, halves.stabilized);
        whole.set(stabilized, both);
        return stabilized;
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
        const both = whole.get(target);
        if (both !== undefined) {
          const { original, stabilized } = halves;
          // Where the original comes second its part reaches back over what lies between; the stabilized picture is painted over that.
          const shift = translationHomography(
            original.x > stabilized.x ? original.width - half.width : 0,
            original.y > stabilized.y ? original.height - half.height : 0,
          );
          const place = multiplyHomographies(fitting(source, half), invertHomography(shift));
          await inner.render(source, partOf(both, original), globalWarp(place), options);
        }
        await inner.render(source, target, warp, options);
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

/**
 * The stabilized half of a side-by-side clip, so that it can be measured.
 * @param size Of that half, as it is stored.
 */
export function stabilizedHalf(source: FrameSource, size: Size, rotation = 0): FrameSource {
  const { stabilized } = halvesOf(size, rotation);
  return {
    info: { ...source.info, ...size },
    get warnings() {
      return source.warnings;
    },
    async *frames(options) {
      for await (const frame of source.frames(options)) yield partOf(frame, stabilized);
    },
    close: () => source.close(),
  };
}
