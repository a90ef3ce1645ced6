/**
 * TIFF files for tests of readers: one as one wants it, or every way to store pixels.
 *
 * @module
 */
export { type BuiltTiff, buildTiff, type TiffCompression } from "./tiff-file.js";
export { everyTiff, type MatrixOptions, type TiffCase, tiffSamples } from "./tiff-matrix.js";
