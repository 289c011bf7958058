import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** A motion field without motion, as the text of an expression over `frame`. */
const STILL = `{
  rows: 1, cols: 1, homographies: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
  size: { width: frame.width, height: frame.height }, confidence: 1, verdict: 'ok', model: 'identity',
}`;

export interface PluginSource {
  readonly apiVersion?: number;
  /** Body of \`estimate(previous, frame, options)\`; \`still\` is a correct answer, \`runtime\` what the plug-in was made for. */
  readonly estimate?: string;
  /** Statements before the plug-in. */
  readonly before?: string;
  readonly supports?: string;
  readonly parseOptions?: string;
  /** Body of `dispose()`. */
  readonly dispose?: string;
}

/** Writes a plug-in in plain JavaScript, right but for what is given, and returns its path. */
export function writePlugin(folder: string, name: string, source: PluginSource = {}): string {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `${source.before ?? ''}
export default {
  meta: { name: '${name}', version: '1.0.0', apiVersion: ${source.apiVersion ?? 1} },
  parseOptions: (raw) => { ${source.parseOptions ?? 'return raw;'} },
  supports: () => ${source.supports ?? '1'},
  create: async (made, { runtime }) => ({
    name: '${name}',
    memory: ['host'],
    async estimate(previous, frame, options) {
      const still = ${STILL};
      ${source.estimate ?? 'return still;'}
    },
    dispose() { ${source.dispose ?? ''} },
  }),
};
`,
  );
  return file;
}
