import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

/** Bundles a module for a browser as one script, with what the bundler says by default; gives its warnings. */
export type Bundle = (entry: string, output: string) => Promise<readonly string[]>;

/** The bundlers that packages for browsers are tried with. */
export const BUNDLERS: Readonly<Record<string, Bundle>> = {
  async esbuild(entry, output) {
    const options = { bundle: true, minify: true, format: 'iife', logLevel: 'silent' } as const;
    const { warnings } = await esbuild.build({ entryPoints: [entry], outfile: output, ...options });
    return warnings.map(({ text }) => text);
  },

  async rollup(entry, output) {
    const warnings: string[] = [];
    const onwarn = ({ message }: { message: string }): unknown => warnings.push(message);
    const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })], onwarn });
    await bundle.write({ file: output, format: 'iife', name: 'page' });
    await bundle.close();
    return warnings;
  },

  webpack(entry, output) {
    const place = { path: path.dirname(output), filename: path.basename(output) };
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, stats: webpack.Stats | undefined): void => {
        if (error !== null) reject(error);
        const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
        if (errors.length > 0) reject(new Error(errors.map(({ message }) => message).join('\n')));
        resolve(warnings.map(({ message }) => message));
      };
      const compiler = webpack({ mode: 'production', entry, output: place, target: 'web' }, (error, stats) =>
        compiler?.close(() => done(error, stats)),
      );
    });
  },
};
