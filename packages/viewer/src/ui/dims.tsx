/**
 * Sliders through time and depth, and the button that plays a movie.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { type Axis, goTo, nextFrame, play } from "../scene/commands.js";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button, NumberInput } from "./controls.js";
import { numberText } from "./number-text.js";
import { useScene, useStore } from "./use-store.js";

/** Frames a second to choose from. */
const PACES = [1, 2, 4, 8, 15, 30];

const names: Readonly<Record<Axis, string>> = { t: "Frame", z: "Plane" };

/** A slider for each axis that has more than one step. */
export function DimsBar(): JSX.Element | null {
  const size = useScene((scene) => scene.size);
  const layers = useScene((scene) => scene.layers.length);
  usePlaying();
  if (layers === 0 || (size.t === 1 && size.z === 1)) return null;
  return (
    <fieldset class="dims" aria-label="Time and depth">
      {size.t > 1 && <AxisSlider axis="t" />}
      {size.z > 1 && <AxisSlider axis="z" />}
    </fieldset>
  );
}

function AxisSlider({ axis }: { readonly axis: Axis }): JSX.Element {
  const app = useApp();
  const { scene } = app.workspace;
  const at = useScene((scene) => scene.at[axis]);
  const length = useScene((scene) => scene.size[axis]);
  const spacing = useScene((scene) => scene.spacing[axis]);
  const playing = useScene((scene) => scene.playing);
  const pace = useStore(app.page, (page) => page.pace);
  const real =
    spacing === undefined
      ? ""
      : axis === "t"
        ? timeText(at * spacing)
        : `${numberText(Number((at * spacing).toFixed(2)))} µm`;
  return (
    <div class="dims-row">
      {axis === "t" ? (
        <Button
          bare
          icon={playing > 0 ? "pause" : "play"}
          label={playing > 0 ? "Pause" : "Play"}
          keys="K"
          onClick={() => runAction(app, "play")}
        />
      ) : (
        <span class="dims-space" />
      )}
      <span class="dims-name" aria-hidden="true">
        {axis}
      </span>
      <input
        class="slider"
        type="range"
        aria-label={names[axis]}
        aria-valuetext={`${at + 1} of ${length}`}
        min={0}
        max={length - 1}
        step={1}
        value={at}
        style={{ "--share": `${(100 * at) / (length - 1)}%` }}
        onInput={(event) => {
          const to = event.currentTarget.valueAsNumber;
          scene.update((scene) => goTo(scene, { [axis]: to }));
        }}
      />
      <NumberInput
        label={`${names[axis]} as a number`}
        value={at + 1}
        min={1}
        max={length}
        onChange={(value) => scene.update((scene) => goTo(scene, { [axis]: value - 1 }))}
      />
      <span class="dims-length">
        of {length}
        {real && <span class="dims-real">{real}</span>}
      </span>
      {axis === "t" && (
        <label class="dims-pace" title="How fast a movie plays">
          <select
            class="input"
            aria-label="Frames a second"
            value={`${pace}`}
            onChange={(event) => {
              const pace = Number(event.currentTarget.value);
              app.page.update((page) => ({ ...page, pace }));
              scene.update((scene) => (scene.playing > 0 ? play(scene, pace) : scene));
            }}
          >
            {PACES.map((each) => (
              <option key={each} value={`${each}`} selected={each === pace}>
                {each} fps
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

/** Moves on while the scene plays. A frame that is late is skipped by nobody: the next one waits its turn. */
function usePlaying(): void {
  const { scene } = useApp().workspace;
  const playing = useScene((scene) => scene.playing);
  useEffect(() => {
    if (playing === 0) return;
    const timer = setInterval(() => scene.update(nextFrame), 1000 / playing);
    return () => clearInterval(timer);
  }, [scene, playing]);
}

/** Seconds as hours and minutes: "1:05 h", "4:20 min", "12 s". */
export function timeText(seconds: number): string {
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, "0");
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)} h`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}:${two(seconds % 60)} min`;
  return `${Number(seconds.toFixed(1))} s`;
}
