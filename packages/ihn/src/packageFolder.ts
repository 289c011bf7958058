import path from 'node:path';

/** This package's own folder: the sources and the bundle both lie one level below it. */
export const packageFolder = path.join(import.meta.dirname, '..');
