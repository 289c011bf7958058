/** What a package.json says, as far as it is known. */
export type PackageManifest = Readonly<Record<string, unknown>>;

/** Conditions under which an entry counts, as Node applies them to an `import`; the order is the package's own. */
const CONDITIONS = new Set(['node', 'import', 'module-sync', 'default']);

/**
 * The file that `import 'package'` would load, relative to the package's folder: from `exports` (its "." entry, conditions resolved as
 * in Node's documentation of packages), otherwise `main`, otherwise `index.js`. `undefined` when `exports` closes that door or leads out
 * of the package.
 */
export function packageEntry(manifest: PackageManifest): string | undefined {
  const { exports, main } = manifest;
  if (exports !== undefined && exports !== null) {
    const target = conditional(hasSubpaths(exports) ? exports['.'] : exports);
    return target?.startsWith('./') && !target.split('/').includes('..') ? target : undefined;
  }
  return typeof main === 'string' && main !== '' ? main : 'index.js';
}

function hasSubpaths(exports: unknown): exports is Record<string, unknown> {
  return (
    typeof exports === 'object' &&
    exports !== null &&
    !Array.isArray(exports) &&
    Object.keys(exports).some((key) => key.startsWith('.'))
  );
}

function conditional(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const choices = Array.isArray(target)
    ? target
    : Object.entries(target)
        .filter(([condition]) => CONDITIONS.has(condition))
        .map(([, choice]: [string, unknown]) => choice);
  for (const choice of choices) {
    const found = conditional(choice);
    if (found !== undefined) return found;
  }
  return undefined;
}
