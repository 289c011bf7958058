import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** This package's package.json, which lies one folder above both `src` and `dist`. */
export const packageManifest = fileURLToPath(new URL('../package.json', import.meta.url));

const manifest = JSON.parse(readFileSync(packageManifest, 'utf8')) as { version: string };

/** The version in this package's package.json. */
export const packageVersion = manifest.version;
