import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';

/** Names of the network's parts. */
export const PARTS = ['encoder', 'motion16', 'motion8', 'motion4', 'synthesis'] as const;
export type Part = (typeof PARTS)[number];

/** What `weights.json` says of the network. */
export interface WeightsRecord {
  readonly model: string;
  readonly parameters: number;
  /** Channels of the features at strides 4, 8 and 16. */
  readonly widths: readonly [number, number, number];
  /** Radius of the correlation at strides 4, 8 and 16. */
  readonly radii: readonly [number, number, number];
  readonly context: number;
  readonly margin: number;
  readonly files: Readonly<Record<string, string>>;
}

const REPAIR =
  'Install @gimbal/interpolate again, or point the option "weights" or the variable GIMBAL_INTERPOLATE_WEIGHTS at a folder that holds them.';

const packaged = path.join(import.meta.dirname, '..', 'weights');

/**
 * Reads the network's files and checks each against its digest.
 * @param told Their folder; default: where GIMBAL_INTERPOLATE_WEIGHTS points, or this package's own.
 * @throws GimbalError `GIMBAL_E_WEIGHTS` when one is missing or damaged.
 */
export async function readWeights(
  told: string | undefined,
): Promise<{ readonly record: WeightsRecord; readonly files: Readonly<Record<Part, Uint8Array>> }> {
  const folder = path.resolve(told ?? process.env.GIMBAL_INTERPOLATE_WEIGHTS ?? (await ownFolder()));
  const record = parseRecord(await read(path.join(folder, 'weights.json')), folder);
  const files = await Promise.all(
    PARTS.map(async (part) => {
      const file = path.join(folder, `${part}.onnx`);
      const bytes = await read(file);
      const found = createHash('sha256').update(bytes).digest('hex');
      const wanted = record.files[`${part}.onnx`];
      if (found === wanted) return [part, bytes] as const;
      throw new GimbalError(
        'GIMBAL_E_WEIGHTS',
        `The network ${file} is damaged: its SHA-256 should be ${wanted} but is ${found}. ${REPAIR}`,
      );
    }),
  );
  return { record, files: Object.fromEntries<Uint8Array>(files) as Record<Part, Uint8Array> };
}

/** The sources lie one level deeper than the bundle. */
async function ownFolder(): Promise<string> {
  const { existsSync } = await import('node:fs');
  return existsSync(packaged) ? packaged : path.join(import.meta.dirname, '..', '..', 'weights');
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_WEIGHTS', `The network's file ${file} is missing or cannot be read. ${REPAIR}`, {
      cause,
    });
  }
}

function parseRecord(bytes: Buffer, folder: string): WeightsRecord {
  try {
    const record = JSON.parse(bytes.toString('utf8')) as WeightsRecord;
    const triple = (list: unknown) => Array.isArray(list) && list.length === 3 && list.every(Number.isInteger);
    if (triple(record.widths) && triple(record.radii) && record.context > 0 && typeof record.files === 'object') {
      return record;
    }
  } catch {
    // Told below.
  }
  throw new GimbalError('GIMBAL_E_WEIGHTS', `weights.json in ${folder} does not describe the network. ${REPAIR}`);
}
