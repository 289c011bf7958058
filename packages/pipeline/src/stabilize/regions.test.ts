import { describe, expect, it } from 'vitest';
import { parseRegion, regionInFrame } from './regions.js';

const size = { width: 640, height: 360 };

describe('regions', () => {
  it('are pixels or percent, to follow unless told otherwise', () => {
    const read = (text: string) => {
      const region = parseRegion(text);
      return region && [region.follow, ...regionInFrame(region, size)];
    };
    expect(read('10,20,30,40')).toEqual([true, 10, 20, 40, 60]);
    expect(read('follow:10,20,30,40')).toEqual([true, 10, 20, 40, 60]);
    expect(read('ignore: 0, 0, 100%, 12.5%')).toEqual([false, 0, 0, 640, 45]);
    // What lies beyond the picture is cut off.
    expect(read('50%,50%,640,360')).toEqual([true, 320, 180, 640, 360]);
  });

  it('are refused when they make no sense', () => {
    for (const text of ['', '1,2,3', '1,2,3,4,5', '-1,0,5,5', '0,0,0,9', '0,0,9,0', 'keep:0,0,9,9', 'a,b,c,d']) {
      expect(parseRegion(text), text).toBeUndefined();
    }
    const outside = parseRegion('640,0,10,10');
    expect(() => outside && regionInFrame(outside, size)).toThrow('outside the picture of 640×360 pixels');
  });
});
