import { STANDARD_STREAM } from '@gimbal/video';

/** What a person reads as the name of an output. */
export function outputName(output: string | null): string {
  return output === STANDARD_STREAM ? 'standard output' : String(output);
}
