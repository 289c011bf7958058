export { addonInfo } from './addon.js';
export type { Colour } from './colour.js';
export { type CellGrid, cellGrid, squareCells } from './mosaic/cellGrid.js';
export {
  createMosaic,
  type Mosaic,
  type MosaicFrame,
  type MosaicFrameOptions,
  type MosaicOptions,
} from './mosaic/createMosaic.js';
export { MOSAIC_PRESETS, type MosaicLook, type MosaicPreset, mosaicLook } from './mosaic/mosaicLook.js';
export type { TileCost } from './mosaic/tileCost.js';
export { createTileSet, TILE_VARIANTS, type TileSetOptions, type TileVariants } from './tiles/createTileSet.js';
export { type GeneratedTilesOptions, generateTiles } from './tiles/generateTiles.js';
export { TILE_FILE } from './tiles/tileFile.js';
export type { SkippedFile, TileSet } from './tiles/tileSet.js';
