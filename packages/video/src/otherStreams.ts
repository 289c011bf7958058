import { AV_NOPTS_VALUE, AVDISCARD_ALL, AVFMT_TS_DISCONT } from 'node-av/constants';
import { Packet } from 'node-av/lib';
import type { Chapter } from './chapters/chapter.js';
import { readChapters } from './chapters/readChapters.js';
import { type InputFile, openInputFile } from './inputFile.js';
import type { Muxer } from './muxer.js';
import { planRoute, type Route } from './streamRoutes.js';

/** Brings every stream of a file but its pictures to the output, in step with the pictures. */
export class OtherStreams {
  /** Tags of the whole file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Chapters of the whole file, in seconds of the output before the container moves any. */
  readonly chapters: readonly Chapter[];
  readonly #file: InputFile | undefined;
  readonly #routes: ReadonlyMap<number, Route>;
  readonly #packet = new Packet();
  #held = false;
  #ended: boolean;

  private constructor(
    file: InputFile | undefined,
    routes: ReadonlyMap<number, Route>,
    chapters: readonly Chapter[] = [],
  ) {
    this.chapters = chapters;
    this.#file = file;
    this.#routes = routes;
    this.metadata = file?.context.metadata?.getAll() ?? {};
    this.#ended = routes.size === 0;
    this.#packet.alloc();
  }

  /** Adds the output's streams; to be called before its header is written. What cannot be kept goes into the notes. */
  static async open(
    source: string | undefined,
    muxer: Muxer,
    keep: 'all' | 'audio' | 'none',
    notes: string[],
  ): Promise<OtherStreams> {
    if (source === undefined) return new OtherStreams(undefined, new Map());
    const file = await openInputFile(source);
    const routes = new Map<number, Route>();
    try {
      for (const stream of file.context.streams) {
        const route =
          stream.index === file.video.index ? undefined : await planRoute(stream, muxer, keep, notes, startOf(file));
        if (route) routes.set(stream.index, route);
        else stream.discard = AVDISCARD_ALL;
      }
      return new OtherStreams(file, routes, await readChapters(file, source, notes));
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
      if (!this.#held && (await this.#file.context.readFrame(this.#packet)) < 0) break;
      this.#held = true;
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

  async close(): Promise<void> {
    this.#ended = true;
    this.#packet.free();
    for (const route of this.#routes.values()) route.close();
    await this.#file?.context.closeInput();
  }
}

/** Microseconds at which the clock of a transport stream happened to start; the pictures' time stamps are counted from there, too. */
function startOf({ context }: InputFile): bigint {
  const discontinuous = ((context.iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0;
  return discontinuous && context.startTime !== AV_NOPTS_VALUE ? context.startTime : 0n;
}
