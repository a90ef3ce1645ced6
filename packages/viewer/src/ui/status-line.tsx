/**
 * The line at the bottom: where the pointer is, what is there, how near one looks.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { labelCss } from "../draw/label-colour.js";
import { activeLabels } from "../scene/commands.js";
import { useApp } from "./app-context.js";
import { numberText, percentText } from "./number-text.js";
import { type PixelValue, valuesAt } from "./pixel-values.js";
import { useScene, useStore } from "./use-store.js";

/** The status line. */
export function StatusLine(): JSX.Element {
  const { page, workspace } = useApp();
  const pointer = useStore(page, (page) => page.pointer);
  const layers = useScene((scene) => scene.layers);
  const size = useScene((scene) => scene.size);
  const at = useScene((scene) => scene.at);
  const zoom = useScene((scene) => scene.camera.zoom);
  const spacing = useScene((scene) => scene.spacing);
  const seed = useScene((scene) => activeLabels(scene)?.colourSeed ?? 0);
  const [values, setValues] = useState<readonly PixelValue[]>([]);
  useEffect(() => {
    if (!pointer) return setValues([]);
    const stop = new AbortController();
    const wait = setTimeout(() => {
      valuesAt(workspace, pointer, stop.signal).then(
        (found) => stop.signal.aborted || setValues(found),
        () => undefined,
      );
    }, 30);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [workspace, pointer, at, layers]);
  if (layers.length === 0)
    return (
      <footer class="status">
        <span>Ready</span>
        <span class="status-end">Nothing leaves this machine</span>
      </footer>
    );
  const micrometres = spacing.x && pointer ? ` · ${micrometreText(pointer, spacing)}` : "";
  return (
    <footer class="status">
      <span class="status-place">
        {pointer
          ? `y ${Math.floor(pointer.y)}, x ${Math.floor(pointer.x)}${micrometres}`
          : `${size.y} × ${size.x}`}
      </span>
      <span class="status-values">
        {pointer &&
          values.map(({ name, value, label, track, type }) => (
            <span key={name} class="status-value">
              <span class="status-name">{name}</span>{" "}
              {label !== undefined && label > 0 && (
                <span class="dot" style={{ background: labelCss(label, seed) }} />
              )}
              <b>{label === undefined ? numberText(value) : label === 0 ? "–" : `${label}`}</b>
              {type && <span class="status-track"> {type}</span>}
              {track && <span class="status-track"> {track}</span>}
            </span>
          ))}
      </span>
      <span class="status-end">
        {size.t > 1 && `t ${at.t + 1}/${size.t} · `}
        {size.z > 1 && `z ${at.z + 1}/${size.z} · `}
        {percentText(zoom)}
      </span>
    </footer>
  );
}

function micrometreText(
  { y, x }: { readonly y: number; readonly x: number },
  spacing: Readonly<Record<string, number>>,
): string {
  const down = (y * (spacing.y ?? spacing.x)).toFixed(1);
  return `${down}, ${(x * spacing.x).toFixed(1)} µm`;
}
