/**
 * How the selected layer looks, and the controls that change it.
 *
 * @module
 */
import type { JSX } from "preact";
import { pagesOf } from "../edit/apply.js";
import { activeLayer, changeLayer, type LayerPatch } from "../scene/commands.js";
import type { Blending, LabelsLayer, Layer, PointsLayer, TracksLayer } from "../scene/scene.js";
import { countTypesOf } from "../work/types.js";
import { useApp } from "./app-context.js";
import { Button, Check, Choice, Row, Section, Slider, Switch } from "./controls.js";
import { ImageLook, ScaleControl } from "./look-image.js";
import { countText } from "./number-text.js";
import { useScene, useWatch } from "./use-store.js";

const blendings: readonly (readonly [Blending, string])[] = [
  ["translucent", "translucent"],
  ["additive", "additive"],
  ["minimum", "minimum"],
  ["multiplicative", "multiplicative"],
  ["opaque", "opaque"],
];

/** The panel of the selected layer's look. */
export function LookPanel(): JSX.Element | null {
  const { workspace } = useApp();
  const layer = useScene(activeLayer);
  if (!layer) return null;
  const change = (patch: LayerPatch) =>
    workspace.scene.update((scene) => changeLayer(scene, layer.id, patch));
  return (
    <Section title={titles[layer.kind]}>
      {layer.kind === "image" && <ImageLook key={layer.id} layer={layer} change={change} />}
      {layer.kind === "labels" && <LabelsLook layer={layer} change={change} />}
      {layer.kind === "tracks" && <TracksLook layer={layer} change={change} />}
      {layer.kind === "points" && <PointsLook layer={layer} change={change} />}
      <Slider
        label="Opacity"
        value={layer.opacity}
        min={0}
        max={1}
        step={0.01}
        text={`${Math.round(100 * layer.opacity)} %`}
        onChange={(opacity) => change({ opacity })}
      />
      <Choice
        label="Blending"
        value={layer.blending}
        options={blendings}
        onChange={(blending) => change({ blending: blending as Blending })}
      />
      {layer.kind === "image" && <ScaleControl />}
    </Section>
  );
}

const titles: Readonly<Record<Layer["kind"], string>> = {
  image: "Look of the image",
  labels: "Look of the labels",
  tracks: "Look of the tracks",
  points: "Look of the points",
};

function LabelsLook(props: {
  readonly layer: LabelsLayer;
  readonly change: (patch: LayerPatch) => void;
}): JSX.Element {
  const { layer, change } = props;
  const cells = useCellCount(layer.id);
  return (
    <>
      {cells !== undefined && (
        <p class="hint">
          {countText(cells.count, "cell")}
          {cells.isMovie ? " in this frame" : ""}
          {cells.types.map(({ name, count }) => ` · ${count} ${name}`)}
        </p>
      )}
      <Switch
        label="Cells are"
        value={layer.style}
        options={[
          ["fill", "filled"],
          ["contour", "outlined"],
          ["both", "both"],
        ]}
        onChange={(style) => change({ style })}
      />
      {layer.style !== "fill" && (
        <Slider
          label="Outline"
          value={layer.contourWidth}
          min={1}
          max={8}
          step={1}
          text={`${layer.contourWidth} px`}
          onChange={(contourWidth) => change({ contourWidth })}
        />
      )}
      <Row label="Colours">
        <Button
          icon="shuffle"
          label="Shuffle"
          onClick={() => change({ colourSeed: layer.colourSeed + 1 })}
        />
      </Row>
      <Check
        label="Show the selected label alone"
        checked={layer.selectedOnly}
        onChange={(selectedOnly) => change({ selectedOnly })}
      />
    </>
  );
}

/** How many cells there are in the frame that is seen, and of which types; undefined while they are not all known. */
function useCellCount(id: string):
  | {
      readonly count: number;
      readonly isMovie: boolean;
      readonly types: ReturnType<typeof countTypesOf>;
    }
  | undefined {
  const { workspace } = useApp();
  const at = useScene((scene) => scene.at);
  useWatch(workspace.history);
  useWatch(workspace.lineages.get(id));
  if (!workspace.labels.has(id)) return undefined;
  const store = pagesOf(workspace, id);
  const plane = { t: Math.min(at.t, store.size.t - 1), z: Math.min(at.z, store.size.z - 1) };
  if (!store.knows(plane.t)) return undefined;
  const labels = store.cells.labelsIn(plane.t);
  const types = workspace.types.get(id);
  return {
    count: labels.length,
    isMovie: store.size.t > 1,
    types: types ? countTypesOf(types, plane, labels) : [],
  };
}

function TracksLook(props: {
  readonly layer: TracksLayer;
  readonly change: (patch: LayerPatch) => void;
}): JSX.Element {
  const { layer, change } = props;
  const frames = useScene((scene) => scene.size.t);
  return (
    <>
      <Switch
        label="Colour by"
        value={layer.colourBy}
        options={[
          ["track", "track"],
          ["lineage", "family"],
          ["time", "time"],
        ]}
        onChange={(colourBy) => change({ colourBy })}
      />
      {(["tail", "head"] as const).map((part) => (
        <Slider
          key={part}
          label={part === "tail" ? "Frames behind" : "Frames ahead"}
          value={layer[part]}
          min={0}
          max={Math.max(frames, layer[part])}
          step={1}
          onChange={(value) => change({ [part]: value })}
        />
      ))}
      <Slider
        label="Width"
        value={layer.width}
        min={1}
        max={8}
        step={0.5}
        text={`${layer.width} px`}
        onChange={(width) => change({ width })}
      />
    </>
  );
}

function PointsLook(props: {
  readonly layer: PointsLayer;
  readonly change: (patch: LayerPatch) => void;
}): JSX.Element {
  const { layer, change } = props;
  return (
    <>
      <Slider
        label="Size"
        value={layer.size}
        min={1}
        max={60}
        step={1}
        text={`${layer.size} px`}
        onChange={(size) => change({ size })}
      />
      <Row label="Colour" for="points-colour">
        <input
          id="points-colour"
          class="colour"
          type="color"
          value={layer.colour}
          onInput={(event) => change({ colour: event.currentTarget.value })}
        />
      </Row>
    </>
  );
}
