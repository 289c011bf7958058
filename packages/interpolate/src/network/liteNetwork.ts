import { GimbalError, type HostFrame, type Size, throwIfAborted } from '@gimbal/core';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { bitsOf, loadAddon, type NativePair, planesOf } from '../addon.js';
import { printFinder } from '../findPrint.js';
import { mapShape, SEEN } from '../maps.js';
import { type OnnxRuntime, onnxRuntimeFor } from './onnxRuntimeFor.js';
import { PARTS, type Part, readWeights, type WeightsRecord } from './weights.js';

/** How the network runs. */
export interface LiteNetworkOptions {
  /** Threads of the convolutions and of the native operations. */
  readonly threads: number;
  /** Folder of the weights; default: this package's own. */
  readonly weights?: string | undefined;
}

/** Channels of what the synthesis says. */
const SAID = 11;

/** Memory of one size: inputs and outputs of every part, used again for every frame. */
interface Memory {
  readonly size: Size;
  readonly rows: number;
  readonly columns: number;
  readonly half: Tensor;
  readonly features: Readonly<Record<'s4' | 's8' | 's16', Tensor>>;
  readonly levels: readonly Level[];
  readonly seen: Tensor;
  readonly timed: Float32Array;
  readonly context: Tensor;
  readonly said: Tensor;
}

interface Level {
  readonly part: 'motion16' | 'motion8' | 'motion4';
  readonly features: 's16' | 's8' | 's4';
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly radius: number;
  readonly seen: Tensor;
  readonly said: Tensor;
  readonly flow: Float32Array;
}

/** The network `lite`: convolutions by ONNX Runtime, everything else by this package's addon. One pair at a time. */
export class LiteNetwork {
  readonly #runtime: OnnxRuntime;
  readonly #sessions: Readonly<Record<Part, InferenceSession>>;
  readonly #record: WeightsRecord;
  readonly #threads: number;
  readonly #addon = loadAddon();
  readonly #prints = printFinder();
  #print: Uint8Array | undefined;
  #memory: Memory | undefined;

  private constructor(
    runtime: OnnxRuntime,
    sessions: Readonly<Record<Part, InferenceSession>>,
    record: WeightsRecord,
    threads: number,
  ) {
    this.#runtime = runtime;
    this.#sessions = sessions;
    this.#record = record;
    this.#threads = threads;
  }

  /** @throws GimbalError `GIMBAL_E_ADDON` without ONNX Runtime, `GIMBAL_E_WEIGHTS`. */
  static async open({ threads, weights }: LiteNetworkOptions): Promise<LiteNetwork> {
    const runtime = await onnxRuntimeFor();
    const { record, files } = await readWeights(weights);
    const sessions: Partial<Record<Part, InferenceSession>> = {};
    for (const part of PARTS) {
      try {
        sessions[part] = await runtime.InferenceSession.create(files[part], {
          executionProviders: ['cpu'],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          graphOptimizationLevel: 'all',
          // Sizes never change between two frames: memory asked for anew each time would cost as much as the convolutions.
          enableCpuMemArena: true,
          enableMemPattern: true,
          logSeverityLevel: 3,
          // Threads that spin between two networks take the cores from decoder and encoder.
          extra: { session: { intra_op: { allow_spinning: '0' } } },
        });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new GimbalError('GIMBAL_E_WEIGHTS', `ONNX Runtime cannot load ${part}.onnx: ${reason}.`, { cause });
      }
    }
    return new LiteNetwork(runtime, sessions as Record<Part, InferenceSession>, record, threads);
  }

  /** Finds the motion of a pair at its middle moment; `matrices` as of `cameraMotion`. It is there for {@link make} until the next call. */
  async look(first: HostFrame, second: HostFrame, matrices: Float64Array, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const memory = this.#memoryFor(first);
    const { rows, columns, half, features } = memory;
    const planes = [planesOf(first), planesOf(second)] as const;
    await this.#addon.halfPictures(
      ...planes,
      bitsOf(first),
      matrices,
      rows * 2,
      columns * 2,
      numbers(half),
      this.#threads,
    );
    await this.#sessions.encoder.run({ half }, { ...features });
    this.#print = await this.#prints.of(first, second, matrices, this.#threads);
    let coarser: Level | undefined;
    for (const level of memory.levels) {
      throwIfAborted(signal);
      const { channels, stride, radius } = level;
      await this.#addon.lookAt(
        numbers(features[level.features]),
        [channels, level.rows, level.columns, stride, radius, this.#record.context],
        coarser?.flow,
        coarser && numbers(coarser.said),
        numbers(level.seen),
        level.flow,
        this.#threads,
      );
      await this.#sessions[level.part].run({ seen: level.seen }, { said: level.said });
      coarser = level;
    }
    const finest = memory.levels[2];
    this.#addon.addStep(finest.flow, numbers(finest.said), rows, columns, 4);
  }

  /** Makes a frame of the pair that was looked at last. Resolves to what `mixPair` says. */
  async make(
    first: HostFrame,
    second: HostFrame,
    target: HostFrame,
    {
      matrices,
      t,
      signal,
    }: { readonly matrices: Float64Array; readonly t: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Float64Array> {
    throwIfAborted(signal);
    const memory = this.#memoryFor(first);
    const { rows, columns, seen, timed, context, said } = memory;
    const finest = memory.levels[2];
    const pair: NativePair = [
      planesOf(first),
      planesOf(second),
      bitsOf(first),
      matrices,
      t,
      finest.flow,
      numbers(finest.said).subarray(4 * rows * columns),
      [this.#record.context, rows, columns],
      this.#print,
    ];
    await this.#addon.fetchPair(...pair, numbers(seen), timed, numbers(context), this.#threads);
    await this.#sessions.synthesis.run({ fetched: seen, context }, { said });
    const how = [this.#record.margin, true] as const;
    return this.#addon.mixPair(...pair, numbers(seen), timed, numbers(said), how, planesOf(target), this.#threads);
  }

  /** The flows found last, (4, rows, columns) at stride 4, and what the synthesis said last: for tests. */
  get found(): { readonly flow: Float32Array; readonly said: Float32Array } | undefined {
    const memory = this.#memory;
    return memory && { flow: memory.levels[2].flow, said: numbers(memory.said) };
  }

  async close(): Promise<void> {
    this.#memory = undefined;
    for (const session of Object.values(this.#sessions)) await session.release();
  }

  #memoryFor({ width, height }: Size): Memory {
    if (this.#memory?.size.width === width && this.#memory.size.height === height) return this.#memory;
    const { rows, columns } = mapShape({ width, height });
    const { Tensor } = this.#runtime;
    const { widths, radii, context } = this.#record;
    const map = (count: number, channels: number, r: number, c: number) =>
      new Tensor('float32', new Float32Array(count * channels * r * c), [count, channels, r, c]);
    const strides = [4, 8, 16] as const;
    const levels = ([2, 1, 0] as const).map((index): Level => {
      const scale = strides[index] / 4;
      const [r, c] = [rows / scale, columns / scale];
      const channels = widths[index];
      const seen = (2 * radii[index] + 1) ** 2 + 2 * channels + (index < 2 ? 4 + context : 0);
      return {
        part: (['motion4', 'motion8', 'motion16'] as const)[index],
        features: (['s4', 's8', 's16'] as const)[index],
        stride: strides[index],
        rows: r,
        columns: c,
        channels,
        radius: radii[index],
        seen: map(1, seen, r, c),
        said: map(1, 4 + context, r, c),
        flow: new Float32Array(4 * r * c),
      };
    });
    this.#memory = {
      size: { width, height },
      rows,
      columns,
      half: map(2, 6, rows * 2, columns * 2),
      features: {
        s4: map(2, widths[0], rows, columns),
        s8: map(2, widths[1], rows / 2, columns / 2),
        s16: map(2, widths[2], rows / 4, columns / 4),
      },
      levels,
      seen: map(1, SEEN, rows * 2, columns * 2),
      timed: new Float32Array(4 * rows * columns),
      context: map(1, context, rows, columns),
      said: map(1, SAID, rows * 2, columns * 2),
    };
    return this.#memory;
  }
}

function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}
