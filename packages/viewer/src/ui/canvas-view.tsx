/**
 * The image in the middle of the page, and what lies over it: the scale bar and the invitation of an empty page.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { scaleBarOf } from "../draw/scale-bar.js";
import { activeLabels } from "../scene/commands.js";
import type { Scene } from "../scene/scene.js";
import { toolTitle } from "./actions.js";
import { useApp } from "./app-context.js";
import { EmptyPage } from "./empty-page.js";
import { Icon } from "./icons.js";
import { Messages } from "./notices.js";
import { watchPointer } from "./pointer.js";
import { useScene, useStore } from "./use-store.js";

/** The middle of the page. */
export function CanvasView(): JSX.Element {
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const empty = useScene((scene) => scene.layers.length === 0);
  const tool = useScene((scene) => scene.tool.name);
  const dropping = useStore(app.page, (page) => page.dropping);
  const words = useScene(describe);
  useEffect(() => {
    host.current?.append(app.canvas);
    return watchPointer(app);
  }, [app]);
  useEffect(() => {
    app.canvas.dataset.tool = tool;
    app.canvas.setAttribute("aria-label", words);
  }, [app, tool, words]);
  return (
    <main class={`view ${empty ? "view-empty" : ""}`} aria-label="Image">
      <div ref={host} class="view-canvas" hidden={empty} />
      {empty && <EmptyPage />}
      {!empty && <ScaleBarView />}
      {dropping && (
        <div class="drop-veil" aria-hidden="true">
          <Icon name="open" />
          <p>Drop to open</p>
        </div>
      )}
      <Messages />
    </main>
  );
}

function ScaleBarView(): JSX.Element | null {
  const shown = useScene((scene) => scene.scaleBar);
  const zoom = useScene((scene) => scene.camera.zoom);
  const spacing = useScene((scene) => scene.spacing.x);
  if (!shown) return null;
  const { length, text } = scaleBarOf(zoom, spacing);
  return (
    <div class="scale-bar" role="img" aria-label={`Scale bar: ${text}`}>
      <span>{text}</span>
      <div style={{ width: `${length}px` }} />
    </div>
  );
}

/** The scene in a sentence, for those who do not see it. */
function describe(scene: Scene): string {
  const { size, at, layers, tool } = scene;
  const names = layers.filter((layer) => layer.visible).map((layer) => layer.name);
  const where = [
    ...(size.t > 1 ? [`frame ${at.t + 1} of ${size.t}`] : []),
    ...(size.z > 1 ? [`plane ${at.z + 1} of ${size.z}`] : []),
  ];
  const labels = activeLabels(scene);
  return [
    `Image of ${size.x} by ${size.y} pixels`,
    ...where,
    `shown: ${names.join(", ") || "nothing"}`,
    `tool: ${toolTitle(tool.name)}`,
    ...(labels ? [`label ${tool.label} of ${labels.name}`] : []),
  ].join("; ");
}
