import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { packageFolder } from '../packageFolder.js';
import type { Schedule } from './refinementOrder.js';

/** A network's file and what its bytes must hash to. */
export interface WeightFile {
  readonly path: string;
  readonly sha256: string;
}

/** Networks by name, such as `encoder`, and what is said of them all. */
export interface Weights {
  readonly files: Readonly<Record<string, WeightFile>>;
  readonly description: Readonly<Record<string, unknown>>;
}

/** What to do about missing or damaged weights. */
export const REPAIR =
  'Install @gimbal/ihn again, or point the option "weights" or the variable GIMBAL_IHN_WEIGHTS at a folder that holds them.';

/** Where the weights lie: as told, where GIMBAL_IHN_WEIGHTS points, or in this package. */
export function weightsFolder(told: string | undefined): string {
  return path.resolve(told ?? process.env.GIMBAL_IHN_WEIGHTS ?? path.join(packageFolder, 'weights'));
}

/**
 * Reads `weights.json`. The networks themselves are checked when they are loaded.
 * @param told Their folder, see {@link weightsFolder}.
 * @throws GimbalError `GIMBAL_E_WEIGHTS` when it is missing or describes no files.
 */
export async function readWeights(told: string | undefined): Promise<Weights> {
  const folder = weightsFolder(told);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path.join(folder, 'weights.json'), 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GimbalError(
      'GIMBAL_E_WEIGHTS',
      `The learned estimator expected weights.json and the networks that it describes in ${folder}, but could not read it: ${reason}. ${REPAIR}`,
      { cause },
    );
  }
  const description = fieldsOf(parsed);
  const files: Record<string, WeightFile> = {};
  for (const [file, entry] of Object.entries(fieldsOf(description.files))) {
    const { sha256 } = fieldsOf(entry);
    if (typeof sha256 === 'string') files[path.basename(file, '.onnx')] = { path: path.join(folder, file), sha256 };
  }
  return { files, description };
}

/**
 * The networks of these names.
 * @throws GimbalError `GIMBAL_E_WEIGHTS` when one is not described.
 */
export function chosenFiles({ files }: Weights, names: readonly string[]): Record<string, WeightFile> {
  return Object.fromEntries(
    names.map((name) => {
      if (files[name] !== undefined) return [name, files[name]];
      const prior = Object.keys(files).join(', ') || 'none';
      throw new GimbalError(
        'GIMBAL_E_WEIGHTS',
        `The weights were expected to describe a network "${name}"; they describe ${prior}. ${REPAIR}`,
      );
    }),
  );
}

/**
 * Strides from coarse to fine with their iterations, as the network was trained.
 * @throws GimbalError `GIMBAL_E_WEIGHTS`.
 */
export function scheduleOf({ description: { schedule } }: Weights): Schedule {
  const isStep = (step: unknown) =>
    Array.isArray(step) && step.length === 2 && step.every((number) => Number.isInteger(number) && number > 0);
  if (Array.isArray(schedule) && schedule.length > 0 && schedule.every(isStep)) return schedule as unknown as Schedule;
  throw new GimbalError(
    'GIMBAL_E_WEIGHTS',
    `\`schedule\` of weights.json must list pairs of stride and iterations, received ${JSON.stringify(schedule)}. ${REPAIR}`,
  );
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
