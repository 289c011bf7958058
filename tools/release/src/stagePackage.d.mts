export function addAddress(folder: string): void;
export function hasAddon(directory: string): boolean;
export function prebuiltName(name: string): string;
export function stagePackage(directory: string, folder: string, prebuilt: readonly string[]): void;
export function stagePrebuilt(directory: string, folder: string, addon: string): void;
