import { GimbalError } from '@gimbal/core';
import type { AVSampleFormat } from 'node-av/constants';
import {
  avChannelLayoutDescribe,
  avGetSampleFmtName,
  type ChannelLayout,
  Filter,
  type FilterContext,
  FilterGraph,
  type Frame,
} from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import type { Rational } from '../source/timeStamps.js';

/** Sound as a filter sees it. */
export interface SoundFormat {
  readonly sampleRate: number;
  readonly sampleFormat: AVSampleFormat;
  readonly channelLayout: ChannelLayout;
}

/** Filters one after the other, each with its arguments. */
export type FilterSteps = readonly (readonly [name: string, args: string])[];

/** FFmpeg's filters of sound in a row. */
export class SoundFilters {
  readonly #graph = new FilterGraph();
  readonly #input: FilterContext;
  readonly #output: FilterContext;
  readonly #filtered: Frame;

  /**
   * @param filtered where results are put, owned by the caller.
   * @throws GimbalError `GIMBAL_E_ENCODE`.
   */
  constructor(format: SoundFormat, timeBase: Rational, steps: FilterSteps, filtered: Frame) {
    this.#filtered = filtered;
    this.#graph.alloc();
    try {
      const { num, den } = timeBase;
      const sampleFormat = avGetSampleFmtName(format.sampleFormat);
      this.#input = this.#add(
        'abuffer',
        `time_base=${num}/${den}:sample_rate=${format.sampleRate}:sample_fmt=${sampleFormat}:channel_layout=${layoutName(format.channelLayout)}`,
      );
      let previous = this.#input;
      for (const [name, args] of [...steps, ['abuffersink', ''] as const]) {
        const filter = this.#add(name, args);
        checkFfmpeg(previous.link(0, filter, 0), 'GIMBAL_E_ENCODE', 'connect the sound filters');
        previous = filter;
      }
      this.#output = previous;
      checkFfmpeg(this.#graph.configSync(), 'GIMBAL_E_ENCODE', 'set up the sound filters');
    } catch (error) {
      this.#graph.free();
      throw error;
    }
  }

  /** Filters a frame, or what is left at the end; `take` sees each result before it is gone. False when the frame was refused. */
  async filter(frame: Frame | null, take: (filtered: Frame) => Promise<void>): Promise<boolean> {
    const added = await this.#input.buffersrcAddFrame(frame);
    while ((await this.#output.buffersinkGetFrame(this.#filtered)) >= 0) {
      try {
        await take(this.#filtered);
      } finally {
        this.#filtered.unref();
      }
    }
    return added >= 0;
  }

  close(): void {
    this.#graph.free();
  }

  #add(name: string, args: string): FilterContext {
    const filter = Filter.getByName(name);
    const context = filter && this.#graph.createFilter(filter, name, args === '' ? null : args);
    if (context) return context;
    throw new GimbalError(
      'GIMBAL_E_ENCODE',
      `This FFmpeg cannot set up the filter ${name} with "${args}", which converting sound needs.`,
    );
  }
}

/** FFmpeg's name of a layout, such as `5.1`. */
export function layoutName(layout: ChannelLayout): string {
  return avChannelLayoutDescribe(layout) ?? `${layout.nbChannels} channels`;
}
