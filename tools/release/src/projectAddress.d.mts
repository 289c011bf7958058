export const PROJECT_ADDRESS: string;
export const addressDecided: boolean;
export function addressFields(folder: string): Record<string, unknown>;
export function withAbsoluteLinks(markdown: string, folder: string): string;
