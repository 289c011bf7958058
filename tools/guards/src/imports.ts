import ts from 'typescript';

/** The module specifiers that a source text imports or re-exports, types included, dynamic imports with a literal name too. */
export function imports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** `@scope/name/deep` → `@scope/name`; `name/deep` → `name`; `undefined` for relative paths and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
