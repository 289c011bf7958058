// How much two pictures are alike.
import type { LumaImage } from './lumaImage.js';

export interface ImageCorrelation {
  /** Normalized correlation (Pearson), −1..1; 0 where one of the images is flat. */
  readonly value: number;
  /** Share of the pixels that both images cover. */
  readonly overlap: number;
  /** Standard deviation of the flatter image over the overlap, grey levels. */
  readonly contrast: number;
}

/** Correlation of two images of the same size over the pixels where neither is `NaN`. */
export function imageCorrelation(a: LumaImage, b: LumaImage): ImageCorrelation {
  let n = 0;
  let sa = 0;
  let sb = 0;
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let i = 0; i < a.data.length; i++) {
    const va = a.data[i];
    const vb = b.data[i];
    if (Number.isNaN(va) || Number.isNaN(vb)) continue;
    n++;
    sa += va;
    sb += vb;
    saa += va * va;
    sbb += vb * vb;
    sab += va * vb;
  }
  if (n === 0) return { value: 0, overlap: 0, contrast: 0 };
  const varianceA = Math.max(saa / n - (sa / n) ** 2, 0);
  const varianceB = Math.max(sbb / n - (sb / n) ** 2, 0);
  const scale = Math.sqrt(varianceA * varianceB);
  return {
    value: scale > 1e-9 ? (sab / n - (sa / n) * (sb / n)) / scale : 0,
    overlap: n / a.data.length,
    contrast: Math.sqrt(Math.min(varianceA, varianceB)),
  };
}
