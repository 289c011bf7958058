import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** The version in this package's package.json, which lies one folder above both `src` and `dist`. */
export const packageVersion = manifest.version;
