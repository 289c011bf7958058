import path from 'node:path';
import ts from 'typescript';

/** The blocks of a Markdown text that are fenced as TypeScript. */
export function typescriptBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
}

/** What the compiler says of source texts that stand as modules in the repository's root. */
export function compileErrors(texts: readonly string[], root: string, options: ts.CompilerOptions): string[] {
  const files = new Map(texts.map((text, i) => [path.join(root, `readme-example-${i}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    getSourceFile: (file, version) => {
      const text = files.get(file);
      return text === undefined ? host.getSourceFile(file, version) : ts.createSourceFile(file, text, version);
    },
  });
  return [...files.keys()].flatMap((file) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText, start }) => {
      const line = (files.get(file) as string).slice(0, start).split('\n').length;
      return `${path.basename(file)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    }),
  );
}
