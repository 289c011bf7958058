import { YUV420P } from '@gimbal/core';
import { expect, it } from 'vitest';
import { cellGrid, squareCells } from './cellGrid.js';

it('lays borders where chroma has one, and covers the picture', () => {
  const { x, y, cell } = cellGrid(120, 68, { width: 1920, height: 1080 }, YUV420P);
  expect([x[0], x[120], y[0], y[68]]).toEqual([0, 1920, 0, 1080]);
  expect(cell).toEqual({ width: 16, height: 16 });
  expect([...y].every((border) => border % 2 === 0)).toBe(true);
  expect(Math.min(...y.subarray(1).map((border, k) => border - y[k]))).toBe(14);
});

it('lets the last cell end where an odd picture does', () => {
  const { x } = cellGrid(4, 1, { width: 33, height: 9 }, YUV420P);
  expect([...x]).toEqual([0, 8, 16, 24, 33]);
});

it('says which grid is the finest', () => {
  expect(() => cellGrid(100, 10, { width: 64, height: 48 }, YUV420P)).toThrow(/1×1 to 32×24 cells, received 100×10/);
  expect(() => cellGrid(0, 1, { width: 64, height: 48 }, YUV420P)).toThrow(/1×1/);
});

it('finds a grid of squares', () => {
  expect(squareCells(2304, { width: 1920, height: 1080 })).toEqual({ cols: 64, rows: 36 });
  expect(squareCells(1, { width: 100, height: 50 })).toEqual({ cols: 2, rows: 1 });
});
