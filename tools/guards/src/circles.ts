import path from 'node:path';

/** Files by their path, each with the paths of the files that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Resolves a relative specifier of a TypeScript file to the path of its source; undefined for packages. */
export function sourceOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.join(path.dirname(file), specifier.replace(/\.js$/, '.ts'));
}

/**
 * Groups of files that import each other in a circle, directly or by way of others, types included: the strongly connected components
 * with more than one file (Tarjan, Depth-first search and linear graph algorithms, 1972).
 */
export function circles(graph: ImportGraph): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    lowest.set(file, index.get(file) as number);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) {
        visit(target);
        lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(target) as number));
      } else if (stack.includes(target)) {
        lowest.set(file, Math.min(lowest.get(file) as number, index.get(target) as number));
      }
    }
    if (lowest.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) found.push(component.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
