import { AV_CODEC_ID_DVVIDEO, AVDISCARD_ALL } from 'node-av/constants';
import { Packet } from 'node-av/lib';
import type { Chapter } from '../chapters/chapter.js';
import { chaptersOf, movedChapters } from '../chapters/chapter.js';
import { readChapters } from '../chapters/readChapters.js';
import type { Muxer } from '../sink/muxer.js';
import { ClockCorrection } from '../source/clockCorrection.js';
import { type InputFile, openInputFile } from '../source/inputFile.js';
import type { ClipFile } from '../source/plainSource.js';
import { seekBefore, type TimeRange } from '../source/timeRange.js';
import { PacketRange } from './packetRange.js';
import type { Route } from './route.js';
import { changingSound } from './soundChanges.js';
import { planRoute } from './streamRoutes.js';

/** Brings every stream of a file but its pictures to the output, in step with the pictures. */
export class OtherStreams {
  /** Tags of the whole file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Chapters of the whole file, in seconds of the output before the container moves any. */
  readonly chapters: readonly Chapter[];
  readonly #file: InputFile | undefined;
  readonly #clock: ClockCorrection | undefined;
  readonly #range: PacketRange | undefined;
  readonly #routes: ReadonlyMap<number, Route>;
  readonly #packet = new Packet();
  #held = false;
  #ended: boolean;

  private constructor(
    from: { file: InputFile; clock: ClockCorrection; range?: TimeRange } | undefined,
    routes: ReadonlyMap<number, Route>,
    chapters: readonly Chapter[] = [],
  ) {
    const file = from?.file;
    this.chapters = chapters;
    this.#file = file;
    this.#clock = from?.clock;
    this.#range = from?.range && new PacketRange(from.range);
    this.#routes = routes;
    this.metadata = file?.context.metadata?.getAll() ?? {};
    this.#ended = routes.size === 0;
    this.#packet.alloc();
  }

  /** Adds the output's streams; to be called before its header is written. What cannot be kept goes into the notes. */
  static async open(
    source: ClipFile | undefined,
    muxer: Muxer,
    keep: 'all' | 'audio' | 'none',
    notes: string[],
  ): Promise<OtherStreams> {
    if (source === undefined) return new OtherStreams(undefined, new Map());
    const { path, info } = source;
    const file = await openInputFile(path, info.streamIndex);
    const clock = new ClockCorrection(file);
    const routes = new Map<number, Route>();
    try {
      const changing = keep === 'none' ? new Set<number>() : await changingSound(path, file);
      const plan = { keep, changing, unsteadySamples: isDv(file) };
      for (const stream of file.context.streams) {
        const route = stream.index === file.video.index ? undefined : await planRoute(stream, muxer, plan, notes);
        if (route) routes.set(stream.index, route);
        else if (!clock.watched.has(stream.index)) stream.discard = AVDISCARD_ALL;
      }
      const chapters = movedChapters(await readChapters(file, path, notes), clock.startShift);
      if (info.range === undefined) return new OtherStreams({ file, clock }, routes, chapters);
      await seekBefore(file, info.range.start, clock.startShift);
      return new OtherStreams({ file, clock, range: info.range }, routes, chaptersOf(info.range, chapters));
    } catch (error) {
      for (const route of routes.values()) route.close();
      await file.context.closeInput();
      throw error;
    }
  }

  /** Writes all packets up to this time in the output, in seconds. */
  async copyUntil(seconds: number): Promise<void> {
    if (this.#ended || this.#file === undefined) return;
    for (;;) {
      if (!this.#held) {
        if ((await this.#file.context.readFrame(this.#packet)) < 0) break;
        this.#clock?.correct(this.#packet);
        const stream = this.#file.context.streams[this.#packet.streamIndex];
        if (this.#range?.isPast(this.#packet, stream)) break;
        if (this.#range?.place(this.#packet, stream) === false) {
          this.#packet.unref();
          continue;
        }
        this.#held = true;
      }
      const route = this.#routes.get(this.#packet.streamIndex);
      if (route !== undefined) {
        if (route.secondsOf(this.#packet) > seconds) return;
        await route.write(this.#packet);
      }
      this.#packet.unref();
      this.#held = false;
    }
    this.#ended = true;
    for (const route of this.#routes.values()) await route.finish();
  }

  /** Packets that were damaged and are lost. */
  get damaged(): number {
    let sum = 0;
    for (const { damaged } of this.#routes.values()) sum += damaged;
    return sum;
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#packet.free();
    for (const route of this.#routes.values()) route.close();
    await this.#file?.context.closeInput();
  }
}

/** Digital video tape, as it is or within AVI. */
function isDv({ context, video }: InputFile): boolean {
  const container = context.iformat?.name ?? '';
  return container === 'dv' || (container === 'avi' && video.codecpar.codecId === AV_CODEC_ID_DVVIDEO);
}
