import { type EstimatorPlugin, type Frame, GimbalError, motionField, PLUGIN_API_VERSION } from '@gimbal/core';
import { translationHomography } from '@gimbal/core/geometry';
import type { ComplexGrid } from './fft.js';
import { phaseShift, spectrum } from './phaseCorrelation.js';
import { thumbnail } from './thumbnail.js';

export interface PhaseOptions {
  /** Cells along each side of the thumbnail: a power of two from 16 to 256. More see smaller shifts and cost more. */
  readonly grid: number;
}

/** Unrelated pictures still agree on about a tenth of their energy by chance: below this share the answer is a guess. */
const WEAK = 0.16;
/** Mean difference in grey levels above which frames that do not agree show different scenes. */
const CUT = 20;

interface Prepared {
  readonly pixels: Float64Array;
  readonly spectrum: ComplexGrid;
}

/** Measures translation, and nothing else, by phase correlation. Small on purpose: it shows what a plug-in has to be. */
export const phasePlugin: EstimatorPlugin<PhaseOptions> = {
  meta: {
    name: 'phase',
    version: '0.1.0',
    apiVersion: PLUGIN_API_VERSION,
    description: 'translation by phase correlation (example plug-in)',
  },
  parseOptions(raw) {
    const { grid = 128, ...rest } = (raw ?? {}) as Record<string, unknown>;
    const unknown = Object.keys(rest);
    if (unknown.length > 0) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `phase knows the option "grid"; received "${unknown.join('", "')}".`,
      );
    }
    if (typeof grid !== 'number' || ![16, 32, 64, 128, 256].includes(grid)) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `phase: "grid" must be 16, 32, 64, 128 or 256; received ${String(grid)}.`,
      );
    }
    return { grid };
  },
  supports: () => 1,
  async create({ grid }) {
    // A frame is looked at twice, as current and as previous: what was computed is kept as long as its handle lives.
    const kept = new WeakMap<Frame, Prepared>();
    const prepare = (frame: Frame): Prepared => {
      if (frame.memory !== 'host') {
        throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', 'phase reads frames in host memory only.');
      }
      let prepared = kept.get(frame);
      if (prepared === undefined) {
        const pixels = thumbnail(frame, grid);
        prepared = { pixels, spectrum: spectrum(pixels, grid) };
        kept.set(frame, prepared);
      }
      return prepared;
    };
    return {
      name: 'phase',
      memory: ['host'],
      async estimate(previous, current) {
        const before = prepare(previous);
        const after = prepare(current);
        const size = { width: current.width, height: current.height };
        const difference =
          before.pixels.reduce((sum, value, i) => sum + Math.abs(value - after.pixels[i]), 0) / before.pixels.length;
        if (difference === 0) {
          return motionField({
            size,
            homographies: translationHomography(0, 0),
            verdict: 'duplicate',
            model: 'identity',
          });
        }
        const shift = phaseShift(before.spectrum, after.spectrum);
        const cut = shift.agreement < WEAK && difference > CUT;
        return motionField({
          size,
          homographies: translationHomography((shift.x * size.width) / grid, (shift.y * size.height) / grid),
          confidence: shift.agreement,
          verdict: cut ? 'cut' : shift.agreement < WEAK ? 'weak' : 'ok',
          model: 'translation',
        });
      },
    };
  },
};
