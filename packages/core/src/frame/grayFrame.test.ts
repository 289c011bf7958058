import { describe, expect, it } from 'vitest';
import { checkFrame } from './checkFrame.js';
import { grayFrame } from './grayFrame.js';

describe('grayFrame', () => {
  it('describes 8-bit samples where they lie', () => {
    const data = new Uint8Array(20).subarray(2);
    data[4] = 7;
    const frame = grayFrame(data, 4, 3, { stride: 5, index: 3, time: 0.5 });
    checkFrame(frame, 'The frame');
    expect(frame).toMatchObject({
      width: 4,
      height: 3,
      index: 3,
      time: 0.5,
      fullRange: true,
      format: { name: 'gray' },
    });
    expect(frame.planes[0].stride).toBe(5);
    expect(frame.planes[0].data[4]).toBe(7);
    frame.clone().close();
    frame.close();
  });

  it('describes samples of up to 16 bits', () => {
    const frame = grayFrame(Uint16Array.of(1, 2, 3, 4), 2, 2, { bitDepth: 10 });
    checkFrame(frame, 'The frame');
    expect(frame.format).toMatchObject({ name: 'gray10le', bitDepth: 10, shift: 0 });
    expect(Array.from(frame.planes[0].data)).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
    expect(frame.planes[0].stride).toBe(4);
  });

  it.each([
    [() => grayFrame([1, 2] as unknown as Uint8Array, 2, 1), /Uint8Array or a Uint16Array, received Array/],
    [() => grayFrame(null as unknown as Uint8Array, 2, 1), /received null/],
    [() => grayFrame(new Uint8Array(4), 2.5, 2), /whole pixels, received 2.5×2/],
    [() => grayFrame(new Uint8Array(4), 0, 2), /received 0×2/],
    [() => grayFrame(new Uint8Array(3), 2, 2), /needs at least 4 of them, received 3/],
    [() => grayFrame(new Uint8Array(9), 2, 2, { stride: 1 }), /1 samples a row/],
    [() => grayFrame(new Uint8Array(4), 2, 2, { bitDepth: 10 }), /8 bits, received bitDepth 10/],
    [() => grayFrame(new Uint16Array(4), 2, 2, { bitDepth: 17 }), /9 to 16 bits, received bitDepth 17/],
  ])('refuses what is no picture (%#)', (make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });
});
