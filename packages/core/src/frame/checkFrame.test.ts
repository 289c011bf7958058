import { describe, expect, it } from 'vitest';
import { checkFrame } from './checkFrame.js';
import { grayFrame } from './grayFrame.js';
import { YUV420P } from './pixelFormats.js';

const gray = grayFrame(new Uint8Array(12), 4, 3);
const plane = gray.planes[0];
const device = { pointer: 1n, shape: [3, 4], strides: [4, 1], typestr: '|u1', stream: 1n, device: 0 };

describe('checkFrame', () => {
  it('lets frames in host memory and on a device pass', () => {
    checkFrame(gray, 'It');
    checkFrame({ ...gray, memory: 'cuda', planes: [device] }, 'It');
    const chroma = { ...plane, data: new Uint8Array(4), width: 2, height: 2, stride: 2 };
    checkFrame({ ...gray, format: YUV420P, planes: [plane, chroma, chroma] }, 'It');
    const withAlpha = { ...gray, format: { ...YUV420P, alpha: true }, planes: [plane, chroma, chroma, plane] };
    checkFrame(withAlpha, 'It');
    expect(() => checkFrame({ ...withAlpha, planes: [plane, chroma, chroma] }, 'It')).toThrow(
      /needs 4 planes, received 3/,
    );
    expect(() => checkFrame({ ...withAlpha, planes: [plane, chroma, chroma, chroma] }, 'It')).toThrow(
      /plane 3 must be 4×3/,
    );
  });

  it.each<[unknown, RegExp]>([
    [undefined, /received nothing/],
    [null, /received nothing/],
    [new Uint8Array(3), /whole pixels/],
    ['frame.png', /received "frame\.png"/],
    [{ ...gray, width: 0 }, /received 0×3/],
    [{ ...gray, memory: 'gpu' }, /"host" or "cuda", received "gpu"/],
    [{ ...gray, format: undefined }, /format must be an object/],
    [{ ...gray, format: { ...gray.format, bitDepth: 7 } }, /bitDepth must be 8 to 16, received 7/],
    [{ ...gray, format: { ...gray.format, shift: 0.5 } }, /shift must be a whole number/],
    [{ ...gray, planes: undefined }, /planes must be a list/],
    [{ ...gray, planes: [] }, /needs 1 planes, received 0/],
    [{ ...gray, format: YUV420P }, /needs 3 planes, received 1/],
    [{ ...gray, planes: [null] }, /plane 0 must be an object/],
    [
      { ...gray, planes: [{ ...plane, data: [1, 2, 3] }] },
      /plane 0 must hold its bytes in a Uint8Array, received a value of type Array/,
    ],
    [{ ...gray, planes: [{ ...plane, width: 5 }] }, /plane 0 must be 4×3, received 5×3/],
    [{ ...gray, planes: [{ ...plane, stride: 3 }] }, /stride of at least 4 bytes, received 3/],
    [{ ...gray, planes: [{ ...plane, stride: Number.NaN }] }, /stride/],
    [{ ...gray, planes: [{ ...plane, data: new Uint8Array(11) }] }, /needs 12 bytes, received 11/],
    [{ ...gray, memory: 'cuda', planes: [{ ...device, pointer: 1 }] }, /bigint as pointer/],
    [{ ...gray, memory: 'cuda', planes: [{ ...device, shape: undefined }] }, /as shape/],
  ])('refuses %o', (frame, message) => {
    expect(() => checkFrame(frame, 'The previous frame')).toThrow(
      expect.objectContaining({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringMatching(new RegExp(`^The previous frame is not a frame .*${message.source}`)),
      }),
    );
  });
});
