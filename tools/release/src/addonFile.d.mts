export interface AddonDescription {
  readonly bytes: number;
  readonly sha256: string;
  readonly glibc?: string;
}
export function describeAddon(file: string): AddonDescription;
export function neededLibraries(file: string): string[];
export function oldestGlibc(file: string): string;
export function addonProblems(file: string, expected: { readonly cuda: boolean }): string[];
