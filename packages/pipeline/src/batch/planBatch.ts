import { type Dirent, existsSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError, throwIfAborted } from '@gimbal/core';

/** Clips that are stabilized one after the other. */
export interface BatchPlan {
  readonly folder: string;
  readonly clips: readonly { readonly input: string; readonly output: string }[];
  /** What lies in a folder beside the clips, and why it is none. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Extensions by container, where the container is named. */
const EXTENSIONS: Readonly<Record<string, string>> = { matroska: '.mkv', mpegts: '.ts' };

/** Whether these inputs go into a folder: there are several, or one is a folder, or the output is. */
export async function isBatch(inputs: readonly string[], output: string): Promise<boolean> {
  if (inputs.length > 1 || /[\\/]$/.test(output)) return true;
  if (inputs.some((file) => statOf(file)?.isDirectory())) return true;
  // A folder that is called like a video, without a slash behind it, is taken for a mistake.
  return statOf(output)?.isDirectory() === true && !(await looksLikeVideo(output));
}

/**
 * Finds out which clips are meant by several inputs, or by a folder of them (not those in folders within it), and what their outputs are called:
 * as the clip, with the container's extension where one is named, otherwise the clip's own if Gimbal writes it, and .mp4 if not.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for outputs of one name or that are no folder, `GIMBAL_E_INPUT_NOT_FOUND` for a folder
 *   without clips, `GIMBAL_E_OUTPUT_IS_INPUT` where the outputs would replace the inputs.
 */
export async function planBatch(
  inputs: readonly string[],
  folder: string,
  { format, signal }: { readonly format?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<BatchPlan> {
  await checkFolder(inputs, folder);
  const skipped: { file: string; reason: string }[] = [];
  const found: string[] = [];
  for (const input of inputs) {
    if (statOf(input)?.isDirectory() !== true) {
      found.push(input);
      continue;
    }
    for (const entry of await entriesOf(input)) {
      throwIfAborted(signal);
      const file = path.join(input, entry.name);
      const reason = statOf(file)?.isDirectory() ? 'a folder' : await whyNoClip(file);
      if (reason === undefined) found.push(file);
      else skipped.push({ file, reason });
    }
  }
  if (found.length === 0) {
    throw new GimbalError('GIMBAL_E_INPUT_NOT_FOUND', `There is no video in ${inputs.join(', ')}.`);
  }
  return { folder, clips: await named(found, folder, format), skipped };
}

async function checkFolder(inputs: readonly string[], folder: string): Promise<void> {
  const invalid = (message: string) => new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
  if (inputs.includes('-') || folder === '-') {
    throw invalid(
      'A pipe (-) holds one clip; with several inputs or a folder name files, and a folder for the outputs.',
    );
  }
  const there = statOf(folder);
  if (there !== undefined && !there.isDirectory()) {
    throw invalid(`Several clips go into a folder, but ${folder}, which was named last, is a file.`);
  }
  if (there === undefined && (await looksLikeVideo(folder))) {
    throw invalid(
      `Several clips go into a folder; name one last. ${folder} looks like a file ("${folder}/" would be a folder).`,
    );
  }
  const parent = path.dirname(path.resolve(folder));
  if (there === undefined && !existsSync(parent)) {
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `${folder} cannot be made: there is no folder ${parent}.`);
  }
}

/** Whether a name is that of a video which Gimbal writes, and not, by a slash behind it, that of a folder. */
async function looksLikeVideo(name: string): Promise<boolean> {
  if (/[\\/]$/.test(name)) return false;
  const { CONTAINER_EXTENSIONS } = await import('@gimbal/video');
  return CONTAINER_EXTENSIONS.includes(path.extname(name).toLowerCase());
}

/** What a folder shows, in the order of names. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new GimbalError('GIMBAL_E_INPUT_UNREADABLE', `The folder ${folder} cannot be read (${code}).`, { cause });
  }
}

/** Why a file is no clip; nothing of one that is, and of one that cannot be told. */
async function whyNoClip(file: string): Promise<string | undefined> {
  const { videoInfo } = await import('@gimbal/video');
  try {
    const { container } = await videoInfo(file);
    return /^image2|_pipe$/.test(container) ? 'a still picture' : undefined;
  } catch (error) {
    if (!GimbalError.isInstance(error) || error.code !== 'GIMBAL_E_INPUT_NOT_VIDEO') return undefined;
    return error.message.replace(/^.* is none: /, 'no video: ').replace(/\.$/, '');
  }
}

async function named(inputs: readonly string[], folder: string, format: string | undefined) {
  const { CONTAINER_EXTENSIONS } = await import('@gimbal/video');
  const outputOf = (input: string, whole: boolean) => {
    const base = path.basename(input.replace(/[?#].*$/, ''));
    const own = path.extname(base);
    const kept = CONTAINER_EXTENSIONS.includes(own.toLowerCase()) ? own : '.mp4';
    const extension = format === undefined ? kept : (EXTENSIONS[format] ?? `.${format}`);
    return path.join(folder, `${whole ? base : base.slice(0, base.length - own.length)}${extension}`);
  };
  const plain = inputs.map((input) => outputOf(input, false));
  // In one folder a.avi and a.mp4 are two clips.
  const clips = inputs.map((input, i) => {
    const alone = plain.indexOf(plain[i]) === plain.lastIndexOf(plain[i]);
    return {
      input,
      output: alone || path.basename(plain[i]) === path.basename(input) ? plain[i] : outputOf(input, true),
    };
  });
  for (const [i, { input, output }] of clips.entries()) {
    const other = clips.find((clip, j) => j < i && clip.output === output);
    if (other !== undefined) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `${other.input} and ${input} would both become ${output}; rename one, or stabilize them into two folders.`,
      );
    }
    if (path.resolve(input) === path.resolve(output)) {
      throw new GimbalError(
        'GIMBAL_E_OUTPUT_IS_INPUT',
        `${input} would be replaced by its own output; name another folder than ${folder}.`,
      );
    }
  }
  return clips;
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
