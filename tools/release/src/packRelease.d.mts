/** What `npm pack` says of one tarball. */
export interface Packed {
  readonly name: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly size: number;
}
export const published: readonly string[];
export const withAddon: readonly string[];
export function releaseAddon(directory: string, place: string, options: { readonly cuda: boolean }): string;
export function packFetchedOnnxRuntime(folder: string): Packed[];
export function packPrebuilt(directory: string, addon: string, folder: string): Packed;
export function packPackages(folder: string): Packed[];
export function prebuiltIn(folder: string, directory: string): string[];
