import { containerFor, containerOf } from './container.js';
import type { VideoCodec } from './encoderSettings.js';
import { OutputFile } from './outputFile.js';
import { STANDARD_STREAM } from './standardStreams.js';

/** What of an output is known before its clip. */
export interface OutputCheck {
  readonly overwrite?: boolean | undefined;
  readonly container?: string | undefined;
  readonly codec?: VideoCodec | undefined;
}

/** Refuses an output that `createVideoSink` would refuse whatever the clip. @throws GimbalError as that. */
export function checkOutput(path: string, { overwrite = false, container, codec }: OutputCheck): void {
  if (codec === undefined) containerOf(path, container);
  else containerFor(path, codec, container);
  if (path !== STANDARD_STREAM) new OutputFile(path, { overwrite });
}
