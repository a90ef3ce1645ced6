/**
 * All that can be done to a scene: pure functions from a scene to a scene, the same object where nothing changed.
 *
 * @module
 */
export { checkLayer, GAMMA_RANGE } from "./check-layer.js";
export {
  type Axis,
  goTo,
  MOST_FRAMES_A_SECOND,
  nextFrame,
  play,
  resize,
  step,
  withSize,
} from "./dims.js";
export {
  activeLabels,
  activeLayer,
  addImage,
  addLabels,
  addLayers,
  addPoints,
  addTracks,
  changeLayer,
  type LayerPatch,
  layerOf,
  moveLayer,
  type NewImage,
  type NewLayer,
  removeLayer,
  select,
  selectNext,
  showAlone,
  sizeOf,
  toggleVisible,
} from "./layers.js";
export { recallScene } from "./recall.js";
export {
  BRUSH_RANGE,
  changeTool,
  LARGEST_LABEL,
  setTool,
  stepBrush,
  stepLabel,
  swapLabel,
  TOOLS,
} from "./tool.js";
export {
  panBy,
  setCamera,
  setRegion,
  setSpacing,
  setTheme,
  showScaleBar,
  ZOOM_RANGE,
  zoomBy,
} from "./view.js";
