// Finished runs of a benchmark, kept on disk so that they are not made again.
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { writeWhole } from '../checkedOutput.js';
import type { Settings } from '../stabilize/settings.js';
import type { Contestant } from './contestants.js';
import type { BenchmarkClip } from './findClips.js';
import type { MeasuredRun } from './measuredRun.js';

/** Raised when what is kept of a run changes its meaning: older records are then measured anew. */
const FORMAT = 1;

/** A finished run as it is kept. */
export interface RunRecord {
  readonly format: typeof FORMAT;
  readonly key: string;
  readonly file: string;
  readonly estimator: string;
  /** When it finished, ISO 8601. */
  readonly finished: string;
  /** Where it ran. Speeds compare only between runs of the same machine. */
  readonly machine: string;
  /** Runs that went on side by side. */
  readonly jobs: number;
  /** Whether the machine was at work on something else when it began. */
  readonly busy: boolean;
  readonly run: MeasuredRun;
}

/** Keeps finished runs, one small JSON file each, and finds them again as long as nothing that they depend on has changed. */
export interface RunStore {
  /** Identifies a run by all that its result depends on. */
  keyOf(clip: BenchmarkClip, contestant: Contestant, settings: Settings): Promise<string>;
  find(clip: BenchmarkClip, contestant: Contestant, key: string): Promise<RunRecord | undefined>;
  keep(clip: BenchmarkClip, contestant: Contestant, record: Omit<RunRecord, 'format'>): Promise<void>;
}

/**
 * @param program Fingerprint of everything that runs except the estimators.
 * @throws GimbalError `GIMBAL_E_OUTPUT_UNWRITABLE` when the folder cannot be made.
 */
export async function runStore(folder: string, program: string): Promise<RunStore> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `The folder ${folder} cannot be made (${cause.code}).`, {
      cause,
    });
  });
  const fileOf = (clip: BenchmarkClip, contestant: Contestant, key: string) =>
    path.join(folder, `${nameIn(clip.file)}.${nameIn(contestant.label)}.${key.slice(0, 12)}.json`);
  return {
    async keyOf({ file, path: place }, { reference, version, options, fingerprint }, settings) {
      // A clip that is not there has no size; its run will say what is wrong.
      const found = await stat(place).catch(() => undefined);
      const clip = [file, found?.size ?? null, found?.mtimeMs ?? null];
      const { estimator, estimatorOptions, ...others } = settings;
      const parts = [FORMAT, program, clip, [reference, version, sorted(options), fingerprint], sorted(others)];
      return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    },
    async find(clip, contestant, key) {
      const text = await readFile(fileOf(clip, contestant, key), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      try {
        const record = JSON.parse(text) as RunRecord;
        return record.format === FORMAT && record.key === key ? record : undefined;
      } catch {
        // Not ours, or damaged: measured anew and replaced.
        return undefined;
      }
    },
    async keep(clip, contestant, record) {
      await writeWhole(
        fileOf(clip, contestant, record.key),
        `${JSON.stringify({ format: FORMAT, ...record }, null, 1)}\n`,
      );
    },
  };
}

/** Something that any file system takes as part of a name. */
export function nameIn(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(-80);
}

function sorted(options: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
}
