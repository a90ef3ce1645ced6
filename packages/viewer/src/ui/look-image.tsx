/**
 * How an image layer looks: colours, contrast limits over a histogram, gamma.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { colormaps } from "../draw/colormap.js";
import { type Histogram, histogramOf } from "../draw/histogram.js";
import { type LayerPatch, setSpacing, showScaleBar } from "../scene/commands.js";
import type { ImageLayer } from "../scene/scene.js";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button, Check, Choice, NumberInput, Row, Slider } from "./controls.js";
import { LimitsControl } from "./histogram-view.js";
import { useScene } from "./use-store.js";

/** Gamma runs on a slider of even steps of its logarithm, so that 1 stands in the middle. */
const GAMMA_REACH = Math.log2(5);

/** The controls of an image layer. */
export function ImageLook(props: {
  readonly layer: ImageLayer;
  readonly change: (patch: LayerPatch) => void;
}): JSX.Element {
  const { layer, change } = props;
  const app = useApp();
  const histogram = useHistogram(layer);
  const reader = app.workspace.images.get(layer.source)?.reader;
  return (
    <>
      <Choice
        label="Colours"
        value={layer.colormap}
        options={colormaps.map((name) => [name, name] as const)}
        onChange={(colormap) => change({ colormap })}
      />
      <div class="button-row even">
        <Button
          icon="auto"
          label="Auto contrast"
          keys="C"
          onClick={() => runAction(app, "auto-contrast")}
        />
        <Button label="Full range" keys="Shift+C" onClick={() => change({ limits: layer.range })} />
      </div>
      <LimitsControl
        limits={layer.limits}
        range={layer.range}
        histogram={histogram}
        whole={!reader?.type.startsWith("float")}
        onChange={(limits) => change({ limits, range: around(layer.range, limits) })}
      />
      <Slider
        label="Gamma"
        value={Number(Math.log2(layer.gamma).toFixed(3))}
        min={-GAMMA_REACH}
        max={GAMMA_REACH}
        step="any"
        text={layer.gamma.toFixed(2)}
        onChange={(power) => {
          const gamma = Math.min(Math.max(2 ** power, 0.2), 5);
          // Near the middle it snaps to what changes nothing.
          change({ gamma: Math.abs(power) < 0.06 ? 1 : Number(gamma.toFixed(3)) });
        }}
      />
    </>
  );
}

/** How large a pixel is: what the scale bar goes by. */
export function ScaleControl(): JSX.Element {
  const { workspace } = useApp();
  const spacing = useScene((scene) => scene.spacing.x);
  const shown = useScene((scene) => scene.scaleBar);
  const set = (x: number) => workspace.scene.update((scene) => setSpacing(scene, { y: x, x }));
  return (
    <>
      <Row label="Pixel size">
        <NumberInput
          label="Micrometres a pixel"
          value={spacing === undefined ? undefined : Number(spacing.toPrecision(5))}
          min={0}
          step="any"
          placeholder="unknown"
          onChange={set}
          onEmpty={() => set(0)}
        />
        <span class="unit">µm</span>
      </Row>
      <Check
        label="Scale bar"
        checked={shown}
        onChange={(shown) => workspace.scene.update((scene) => showScaleBar(scene, shown))}
      />
    </>
  );
}

/** A range that holds the limits too, where somebody typed one beyond it. */
function around(
  range: readonly [number, number],
  limits: readonly [number, number],
): readonly [number, number] {
  if (limits[0] >= range[0] && limits[1] <= range[1]) return range;
  return [Math.min(range[0], limits[0]), Math.max(range[1], limits[1])];
}

/** The histogram of the plane that is seen; while frames play, that of where they began. */
function useHistogram(layer: ImageLayer): Histogram | undefined {
  const { workspace } = useApp();
  const at = useScene((scene) => scene.at);
  const playing = useScene((scene) => scene.playing > 0);
  const [histogram, setHistogram] = useState<Histogram>();
  const { source, channel } = layer;
  useEffect(() => {
    const reader = workspace.images.get(source)?.reader;
    if (!reader || playing) return;
    const stop = new AbortController();
    // A slider that is dragged passes many planes: only where it rests is looked at.
    const wait = setTimeout(() => {
      histogramOf(reader, { ...at, channel }, { signal: stop.signal }).then(
        (found) => stop.signal.aborted || setHistogram(found),
        // A plane that cannot be read says so where it is drawn.
        () => undefined,
      );
    }, 120);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [workspace, source, channel, at, playing]);
  return histogram;
}
