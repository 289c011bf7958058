import path from 'node:path';

/** The file of a program of this package: built beside the bundle, and found from the sources and from the bundle alike. */
export function programFile(program: string): string {
  return path.join(import.meta.dirname, `../dist/${program}.js`);
}
