/**
 * Another way to compare cells and tiles: what becomes of their features before distances are taken. The cost of a tile is the squared
 * distance of its point to the cell's.
 */
export interface TileCost {
  readonly name: string;
  /** Numbers of a point, for cells of side × side parts. */
  dimensions(side: number): number;
  /**
   * Points of `count` cells or tiles.
   * @param features count × side × side × 3: Oklab L, a and b of each part, times `scale`.
   * @returns count × dimensions(side) whole numbers; what `createAssignment` says of their reach holds.
   */
  points(features: Int16Array, count: number, side: number, scale: number): Int16Array;
}

/** Of the features, as the addon scales them. */
export const featureScale = (side: number): number => (side <= 3 ? 4096 : 2048);
