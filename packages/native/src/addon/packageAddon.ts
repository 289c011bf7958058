import type { CudaReport } from '@gimbal/core/device';
import type { AddonBinary, AddonPackage } from './addonBinary.js';
import { type OpenedAddon, openAddon } from './openAddon.js';

/** What an addon is and what it runs on. */
export interface AddonInfo {
  readonly version: string;
  /** The instruction set in use; the environment variable GIMBAL_ISA holds it down. */
  readonly isa: 'baseline' | 'avx2' | 'avx512';
  /** Whether this build has a CUDA path. */
  readonly cuda: boolean;
  readonly cudaReport: CudaReport;
  /** The file that was loaded, and why others were not. */
  readonly binary: AddonBinary;
}

/** An addon that can say what it is, but for the file that it was loaded from. */
export interface InformedAddon {
  addonInfo(): Omit<AddonInfo, 'binary'>;
}

/** The addon of one package, opened when it is first asked for and once. Both throw GimbalError `GIMBAL_E_ADDON` as `openAddon` does. */
export interface PackageAddon<Addon extends InformedAddon> {
  load(): Addon;
  info(): AddonInfo;
}

/**
 * The addon of a package of ours or of a plug-in. Touches no file until it is asked for.
 * @param from Where the addon can come from.
 */
export function packageAddon<Addon extends InformedAddon>(from: AddonPackage): PackageAddon<Addon> {
  let opened: OpenedAddon<Addon> | undefined;
  const open = (): OpenedAddon<Addon> => {
    opened ??= openAddon(from);
    return opened;
  };
  return {
    load: () => open().addon,
    info() {
      const { addon, binary } = open();
      return { ...addon.addonInfo(), binary };
    },
  };
}
