import path from 'node:path';
import { writeWhole } from '../../checkedOutput.js';
import type { Sheet } from './sheets.js';

/** Pixels of the image for each of the drawing. */
const ZOOM = 2;

const OPTIONS = { fitTo: { mode: 'zoom', value: ZOOM }, font: { loadSystemFonts: true }, logLevel: 'off' } as const;

/**
 * Writes each sheet as `NAME.png`, with the fonts of this machine.
 * @returns The files, or why there are none.
 */
export async function writeImages(
  folder: string,
  sheets: readonly Sheet[],
): Promise<{ files: readonly string[]; problem: string | undefined }> {
  let rasterizer: typeof import('@resvg/resvg-js');
  try {
    // A native library, and only for this: without pictures it is not needed.
    rasterizer = await import('@resvg/resvg-js');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { files: [], problem: `no PNG images: @resvg/resvg-js cannot be loaded here (${reason})` };
  }
  // A picture without its words would be worse than none.
  const word = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text y="20">Gimbal</text></svg>';
  if (new rasterizer.Resvg(word, OPTIONS).getBBox() === undefined) {
    return {
      files: [],
      problem: 'no PNG images: this machine has no font to write with (install one, such as DejaVu)',
    };
  }
  const files: string[] = [];
  for (const { name, svg } of sheets) {
    const file = path.join(folder, `${name}.png`);
    const image = await rasterizer.renderAsync(svg, OPTIONS);
    await writeWhole(file, image.asPng());
    files.push(file);
  }
  return { files, problem: undefined };
}
