export function stagePackage(directory: string, folder: string, addon?: string): void;
