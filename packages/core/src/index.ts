/**
 * Cell segmentation as pure functions over typed arrays: the public names, by file.
 *
 * @module
 */

export { type Adaptable, adaptedPreset, misfitOf, presetFor } from "./adapt.js";
export { readCellposeSeg, readCellposeStack } from "./annotation/cellpose-seg.js";
export { type CellposeSegOptions, writeCellposeSeg } from "./annotation/cellpose-write.js";
export {
  type InteriorOptions,
  labelsFromInteriors,
  type TypedLabels,
} from "./annotation/edge-interior.js";
export {
  cellsFromRois,
  labelsFromOutlines,
  type OutlinedCell,
} from "./annotation/outlined-cells.js";
export type { Roi, RoiPosition } from "./annotation/roi.js";
export { labelsFromRois, type Outlined, readRois } from "./annotation/roi-set.js";
export { writeRois } from "./annotation/roi-write.js";
export { type FeatureNetOptions, featureNet, type PatchSize } from "./architecture/feature-net.js";
export { type UnetOptions, unet } from "./architecture/unet.js";
export {
  type Augmentation,
  drawPlacement,
  NO_AUGMENTATION,
  PAPER_AUGMENTATION,
  type Placement,
} from "./augment.js";
export { cellTypes, countTypes, type TypedMaps, typesFromSums } from "./cell-types.js";
export {
  bacteriaParameters,
  type ClassicalBacteria,
  classicalBacteria,
} from "./classical/bacteria.js";
export {
  type ClassicalModel,
  type ClassicalOptions,
  classicalModel,
  classicalNames,
  runClassical,
} from "./classical/method.js";
export { type ClassicalNuclei, classicalNuclei, nucleiParameters } from "./classical/nuclei.js";
export {
  hasContrast,
  type LocalThreshold,
  localThreshold,
  type Otsu,
  otsu,
} from "./classical/threshold.js";
export { cytoplasmOf, nucleiOf, type RingOptions, ringsAround } from "./compartments.js";
export { type ComponentsOptions, type Connectivity, components } from "./components.js";
export { crc32 } from "./crc32.js";
export { toDense } from "./dense.js";
export { distanceTransform } from "./distance.js";
export { drawBatch, type SamplingOptions } from "./draw.js";
export type { Engine, Program } from "./engine.js";
export { ensemble } from "./ensemble.js";
export {
  CoreError,
  type ErrorData,
  type ErrorKind,
  FormatError,
  isCoreError,
  ModelError,
  ShapeError,
  UnsupportedError,
} from "./errors.js";
export { estimateDiameter } from "./estimate.js";
export { fieldOf } from "./field.js";
export {
  type Epoch,
  type FitOptions,
  fit,
  learningRate,
  type Schedule,
  scheduledRate,
} from "./fit.js";
export {
  type FixableNormalization,
  type FixedChannel,
  type FixedNormalization,
  fixNormalization,
  type Spread,
} from "./fixed.js";
export { type WatershedOptions, watershed } from "./flood.js";
export { foldBatchNorm } from "./fold.js";
export { narrowIntegers } from "./format/big-integers.js";
export {
  type CellGraph,
  type CellLinks,
  cellsFromGraph,
  type GraphCells,
  lineagesOf,
  linksOf,
} from "./format/cell-graph.js";
export { type CocoImage, type CocoOptions, writeCoco } from "./format/coco.js";
export { type CocoLabels, readCoco } from "./format/coco-read.js";
export { readTracks, writeTracks } from "./format/ctc.js";
export { type MendedTracks, mendTracks } from "./format/ctc-mend.js";
export {
  type DeepcellData,
  isDeepcellName,
  readDeepcell,
  writeDeepcell,
} from "./format/deepcell-npz.js";
export type { PlaneReader, ReadOptions } from "./format/format.js";
export { type GeffGroup, geffFiles, readGeff } from "./format/geff.js";
export { openGeff } from "./format/geff-open.js";
export { type GeffOptions, writeGeff } from "./format/geff-write.js";
export type { ZarrFiles, ZarrNumbers } from "./format/geff-zarr.js";
export { type GeoJsonOptions, writeGeoJson } from "./format/geojson.js";
export { readGeoJson } from "./format/geojson-read.js";
export {
  type ItkImage,
  type ItkLimits,
  imageOfItk,
  itkLimits,
  itkNameOf,
  readByItk,
} from "./format/itk-image.js";
export { type LabelPlane, labelPlanes } from "./format/label-plane.js";
export { type NpyArray, readNpy, writeNpy } from "./format/npy.js";
export { type ByteSink, type OmeTiffOptions, writeOmeTiff } from "./format/ome-tiff-write.js";
export type { OmeZarrOptions, OmeZarrPlan } from "./format/ome-zarr-plan.js";
export { writeLabelsGroup, writeOmeZarr, type ZarrSink } from "./format/ome-zarr-write.js";
export { writePng } from "./format/png.js";
export { type CellOutline, outlinePolygons, type Polygon, type Ring } from "./format/polygon.js";
export type { SampleType } from "./format/sample-type.js";
export { type TiffWriteOptions, writeTiff } from "./format/tiff-write.js";
export type { RegionSource } from "./format/tile-pyramid.js";
export {
  type CellCollector,
  checkTrackedCells,
  collectCells,
  type TrackedCells,
  trackedCells,
} from "./format/tracked-cells.js";
export { readTrackmate } from "./format/trackmate.js";
export { type TrackmateOptions, writeTrackmate } from "./format/trackmate-write.js";
export { readTracksTable, tracksTable, writeTracksTable } from "./format/tracks-table.js";
export { readTrk, type TrkMovie, writeTrk } from "./format/trk.js";
export type { Inflater } from "./format/zarr-codecs.js";
export {
  checkZarrPath,
  type ZarrKey,
  type ZarrRange,
  type ZarrStore,
} from "./format/zarr-store.js";
export { zipStore } from "./format/zarr-zip.js";
export { type FrameOrder, type FrameOrderOptions, planSeries } from "./frame-order.js";
export { TRAINABLE_OPERATORS } from "./gradient/backward.js";
export { gradientGraph } from "./gradient/gradient-graph.js";
export { type Loss, lossOf } from "./gradient/loss.js";
export { ADAM, type Optimizer, PAPER_SGD, type State } from "./gradient/optimizer.js";
export { type Batch, startTrainer, type Trainer } from "./gradient/trainer.js";
export { type TrainingStep, trainingStep, withWeights } from "./gradient/training.js";
export {
  checkImage,
  type Image,
  type Labels,
  lengthOf,
  type Mask,
  type Pixels,
  planeOf,
  stackChannels,
  stackPlanes,
  type Tensor,
} from "./image.js";
export {
  countMultiplyAdds,
  inferShapes,
  product,
  type Shape,
  type Shapes,
} from "./infer-shapes.js";
export { type BacteriaDecoder, decodeBacteria } from "./instance/bacteria.js";
export { type CellposeDecoder, decodeCellpose } from "./instance/cellpose.js";
export { type CytoplasmDecoder, decodeCytoplasm } from "./instance/cytoplasm.js";
export { checkDecoder, type DecodeOptions, type Decoder, decode } from "./instance/decode.js";
export { decodeNuclei, type NucleiDecoder } from "./instance/nuclei.js";
export { decodeStardist, type StardistDecoder } from "./instance/stardist.js";
export { decodeWatershed, type WatershedDecoder } from "./instance/watershed.js";
export {
  type BlockGrid,
  type BlockPlace,
  bandBoxes,
  coreBox,
  gridSize,
  growBox,
  type Side,
  shardRange,
} from "./job/blocks.js";
export { CELL_FIELDS, type JoinedPieces, startJoining } from "./job/cells.js";
export { type ChunkFiles, chunkFiles, chunksOfBox } from "./job/chunks.js";
export {
  blockChunks,
  coarserChunk,
  finerChunks,
  type LabelChunk,
  type LabelStore,
  labelChunkKey,
  labelMetadata,
  labelStore,
} from "./job/label-store.js";
export { type BlockPieces, cutOut, cutPieces, PIECE_FIELDS } from "./job/pieces.js";
export { canonicalJson, type PlanData, planBody, planText, readPlanText } from "./job/plan-text.js";
export { sameCells } from "./job/seams.js";
export { type Gathering, gatherSpread } from "./job/spread.js";
export { joinBytes } from "./join-bytes.js";
export { type KerasArrays, type KerasOptions, kerasNetwork } from "./keras.js";
export {
  clearBorder,
  countLabels,
  fillHoles,
  type IndexedLabels,
  indexLabels,
  keepLabels,
  mergeLabels,
  narrowLabels,
  outlines,
  relabel,
  removeSmall,
  splitLabel,
  toLabels,
} from "./labels.js";
export { findMaps, type MapsModel } from "./maps.js";
export { type MeasureOptions, measure } from "./measure.js";
export type { Author, Citation, Model, ModelCard } from "./model.js";
export type { MapCard } from "./model-card.js";
export { checkModel, type ModelCheck } from "./model-check.js";
export { type ModelTest, readModelTest, type TestTensor } from "./model-expected.js";
export type { Hash, ModelFiles } from "./model-files.js";
export type { Problem } from "./model-problem.js";
export {
  type MapModel,
  readMapModel,
  readModelCard,
  readModelFiles,
  readModelNetwork,
} from "./model-read.js";
export { type DescriptionFiles, descriptionFiles } from "./model-sources.js";
export { makeModelTest, testSize } from "./model-test.js";
export { validateModel } from "./model-validate.js";
export {
  type InputSizes,
  inputSizes,
  MODEL_FILE,
  type ModelParts,
  writeModelFiles,
} from "./model-write.js";
export { readYaml } from "./model-yaml.js";
export { readModelZip, writeModelZip, type ZipOptions } from "./model-zip.js";
export {
  type Attribute,
  checkGraph,
  type Field,
  floats,
  floatWeight,
  type Graph,
  integers,
  listAttribute,
  type Node,
  numberAttribute,
  type Padding,
  type Port,
  type ValueData,
  type Values,
} from "./network.js";
export { type Normalization, normalize } from "./normalize.js";
export { readOnnx } from "./onnx.js";
export { type WriteOnnxOptions, writeOnnx } from "./onnx-write.js";
export { applyOperations, operateOnImage, type References } from "./operation/apply.js";
export type {
  AlongAxis,
  Binarize,
  Clip,
  EnsureType,
  FixedVariance,
  ModelOperation,
  NamedTensor,
  NumberType,
  OverAxes,
  ScaleLinear,
  ScaleMeanVariance,
  ScaleRange,
  Sigmoid,
  Softmax,
  ZeroMeanUnitVariance,
} from "./operation/operation.js";
export type { OperationList } from "./operation/read.js";
export {
  axesOf,
  axisOf,
  type Cut,
  cutsOf,
  nameOf,
  padsOf,
  repeatsOf,
  type Window,
  windowOf,
} from "./operator.js";
export { percentilesOf } from "./percentile.js";
export type { Place } from "./place.js";
export {
  type GrowthPlotOptions,
  plotGrowth,
  plotPopulation,
} from "./plot/growth.js";
export {
  ancestryOf,
  type Kymograph,
  type KymographOptions,
  longestAncestry,
  startKymograph,
} from "./plot/kymograph.js";
export {
  type Across,
  type Bar,
  type Line,
  type Mark,
  type Panel,
  type Plot,
  plotPanels,
} from "./plot/panels.js";
export { plotTrees, type TreePlotOptions } from "./plot/tree.js";
export { type PredictOptions, predict } from "./predict.js";
export { mapNames, type NetworkPlan, type Preset, presets } from "./preset.js";
export type { PyramidLevel, PyramidReader, Region as PyramidRegion } from "./pyramid.js";
export { boxAround, checkRegion, type Size, scaleBetween, sharedBox } from "./pyramid-box.js";
export { pyramidOf } from "./pyramid-image.js";
export { normal, type Random, seeded, shuffled } from "./random.js";
export { openImage, readImage } from "./read-image.js";
export { openPyramid } from "./read-pyramid.js";
export { openZarr, type ZarrOpened, type ZarrOptions } from "./read-zarr.js";
export { referenceEngine } from "./reference/engine.js";
export { type Region, regionsOf } from "./regions.js";
export { redrawLabels, resample, resampleLabels, rescale } from "./resample.js";
export { type Rod, rodsOf, rodVolume } from "./rods.js";
export { type Goal, type Lesson, makeLesson, type Sample } from "./sample.js";
export { saturate } from "./saturate.js";
export {
  disbelievedPixelSize,
  planScale,
  type Scale,
  type ScaleChoice,
  type ScalePlan,
  scaleOf,
  settledScale,
} from "./scale.js";
export {
  averageMatches,
  countMatches,
  iouThresholds,
  type MatchCounts,
  type MatchScore,
  matchCells,
  scoreMatches,
  sumMatches,
} from "./score/average-precision.js";
export {
  type DivisionScore,
  scoreTracking,
  startTrackingScore,
  sumTracking,
  type TrackedMovie,
  type TrackingCounts,
  type TrackingOptions,
  type TrackingScore,
  type TrackingScorer,
  trackingScore,
  trackingWeights,
} from "./score/ctc.js";
export type { DivisionCounts } from "./score/ctc-divisions.js";
export type { LinkCounts } from "./score/ctc-links.js";
export { findErrors, type SegmentationErrors, type Tangle } from "./score/errors.js";
export { type Cells, type Overlap, overlapOf, type SharedArea } from "./score/overlap.js";
export {
  type PaperCell,
  type PaperScore,
  type PaperScoreOptions,
  scorePaper,
} from "./score/paper.js";
export {
  type Found,
  findCells,
  findScale,
  labelsAt,
  type SegmentModel,
  type SegmentOptions,
  segment,
} from "./segment.js";
export { typicalDiameter, zoomFor } from "./size.js";
export { bytesSource, type Signal, type Source, type Watch } from "./source.js";
export { synthBacteria } from "./synth/bacteria.js";
export { type ExampleOptions, exampleImage } from "./synth/example.js";
export {
  type MovieFrame,
  type MovieTruth,
  type SynthMovie,
  synthMovie,
  synthMovieFrames,
  synthMovieLabels,
  type TrueTrack,
} from "./synth/movie.js";
export type { MovieKind, MovieOptions } from "./synth/movie-options.js";
export { synthNuclei } from "./synth/nuclei.js";
export { type Spoiled, type SpoilOptions, spoil } from "./synth/spoil.js";
export type { Synthetic, SynthOptions } from "./synth/synthetic.js";
export {
  type Column,
  countRows,
  readTable,
  stackTables,
  type Table,
  writeRows,
  writeTable,
} from "./table.js";
export { type CellTypes, findContacts, makeTarget, type TargetKind, targetMaps } from "./target.js";
export { readTensorflowJs } from "./tensorflow-js/read.js";
export type { GraphModel, Packing, StoredWeights, WeightSpec } from "./tensorflow-js/stored.js";
export { type Box, planTiles, type Tile, type TilePlan } from "./tile.js";
export { cumulativeShifts, type FrameShift, frameShift, labelShift } from "./track/drift.js";
export { type FrameCells, frameCells, type Runs } from "./track/frame-cells.js";
export { type Growth, growthOf } from "./track/growth.js";
export { checkTracks, daughtersOf, type Track } from "./track/lineage.js";
export {
  type LineageBook,
  type LineageOptions,
  type Lineages,
  measureLineages,
  startLineages,
} from "./track/lineage-table.js";
export type { GrowthSize, Life } from "./track/lives.js";
export type { TrackMethod, TrackOptions } from "./track/options.js";
export { linkPaper, type PaperLinks } from "./track/paper.js";
export {
  measureMovie,
  measureStream,
  rowsOf,
  type SeriesFrame,
  type SeriesOptions,
} from "./track/series.js";
export { type TrackResult, track, trackStream } from "./track/track.js";
export { poolTypes } from "./track/track-types.js";
export { startTracker, type Tracker } from "./track/tracker.js";
export {
  type Accuracy,
  accuracyOf,
  type Course,
  marginOf,
  samplingOf,
  secondsPerEpoch,
  stepOf,
} from "./training-plan.js";
export { meanPrecision, type Tuned, tuneDecoder } from "./tune.js";
export { cellsOf, mapsOf, type SizeOptions, validate } from "./validate.js";
export { listZip, type ReadZipOptions, readZipEntry, type ZipEntry } from "./zip.js";
export { startZip, type ZipWriter } from "./zip-write.js";
