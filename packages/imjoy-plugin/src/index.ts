/**
 * Cellwright's verbs as a service: over any RPC, on any host.
 *
 * @module
 */
export type { LabelsAs } from "./service/answers.js";
export { type BindOptions, type BoundVerb, bindService } from "./service/bind.js";
export { type Failed, Fault, type FaultCode } from "./service/fault.js";
export type {
  Example,
  FindQuestion,
  FoundPlane,
  FoundScales,
  LearnQuestion,
  Learnt,
  ModelEntry,
  OpenedImage,
  Patience,
  ServedFile,
  ServiceHost,
  Stage,
} from "./service/host.js";
export type { Measured } from "./service/measure.js";
export { MEMORY_FORMATS, type MemoryStages, memoryStages } from "./service/memory-stage.js";
export type { Progress } from "./service/progress.js";
export type { QueueLimits } from "./service/queue.js";
export type { RequestState, RequestStatus } from "./service/requests.js";
export type { Schema } from "./service/schemas.js";
export type { Segmented } from "./service/segment.js";
export {
  API_VERSION,
  type Caller,
  createService,
  PAGE_LIMITS,
  type Service,
  schemaOf,
  type VerbSchema,
  verbNames,
} from "./service/service.js";
export type { Tracked } from "./service/track.js";
export {
  isNdArray,
  LARGEST_ARRAY,
  type NdArray,
  type Numbers,
  readNdArray,
  type Wire,
  writeNdArray,
} from "./service/wire.js";
