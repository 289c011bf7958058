import { getFFmpegInfo } from 'node-av/lib';

/** The licence of an FFmpeg, and the libraries in it that have to do with it. */
export interface FfmpegLicense {
  /** As FFmpeg's own configure script words it, such as `GPL version 3 or later`. */
  readonly name: string;
  /** Whether passing it on is bound by the GPL. */
  readonly gpl: boolean;
  /** Libraries that ask for the GPL, or whose licence does not go with it, such as `libx264`. */
  readonly libraries: readonly string[];
}

/** What configure takes with `--enable-gpl` only, and the encoder of AAC whose licence adds terms that the GPL does not allow. */
const BINDING = ['libx264', 'libx265', 'libxvid', 'libvidstab', 'librubberband', 'libfdk-aac'];

/** The licence of the FFmpeg that runs in this process. */
export function ffmpegLicense(): FfmpegLicense {
  return licenseOf(getFFmpegInfo().configuration);
}

/**
 * The licence that goes with FFmpeg's configuration.
 * @param configuration The options of its configure script, as FFmpeg prints them; the rule is the script's own.
 */
export function licenseOf(configuration: string): FfmpegLicense {
  const options = new Set(configuration.split(/\s+/));
  const has = (name: string): boolean => options.has(`--enable-${name}`);
  const gpl = has('gpl');
  const libraries = BINDING.filter(has);
  if (has('nonfree')) return { name: 'nonfree and unredistributable', gpl, libraries };
  if (gpl) return { name: `GPL version ${has('version3') ? 3 : 2} or later`, gpl, libraries };
  return { name: `LGPL version ${has('version3') ? '3' : '2.1'} or later`, gpl, libraries };
}
