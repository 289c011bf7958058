import v8 from 'node:v8';

/**
 * Keeps the space in which V8 makes new objects as small as it is. V8 doubles it, up to 32 MB, whenever so much as it holds has outlived
 * collections: a long clip gets there with the little that each frame leaves behind, and takes more memory than a short one. A small space
 * is collected more often and faster, for the cost is that of what is still in use. To be called before there is much.
 */
export function keepYoungGenerationSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
