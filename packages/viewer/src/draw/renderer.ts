/**
 * Draws a workspace on a canvas, whenever something of it changed, and only where it did.
 *
 * @module
 */
import type { PlaneAt } from "../edit/label-store.js";
import type { Scene } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { imagePlace, type Place } from "./camera.js";
import { lineageWatch, looksOther, widestContour } from "./follow.js";
import { aimAt, type Frames, sameFrame } from "./frames.js";
import { contextOf } from "./gl.js";
import { createGpu, type Gpu, PREVIEW_MARGIN } from "./gpu.js";
import type { Frame } from "./image-tiles.js";
import { previewEdges } from "./overlay.js";
import type { Preview } from "./preview.js";
import { forgetLines, type LineCache, type SceneView, sameLines, viewScene } from "./scene-view.js";
import { screenshotOf } from "./screenshot.js";
import { selectionEdges } from "./selection.js";
import {
  around,
  canvasEdges,
  type Edges,
  type Sight,
  sameSize,
  sightOf,
  sizedSight,
  wholeCanvas,
} from "./sight.js";
import { tileQueue } from "./tile-queue.js";

/** What draws a workspace. */
export interface Renderer {
  /** Draws now what changed; it is drawn with the next frame of the screen anyway. */
  draw(): void;
  /** Resolves when all that is in view is there and drawn. */
  settled(): Promise<void>;
  /** The place of the image at a place of the window, as pointer events have it. */
  imageAt(clientX: number, clientY: number): Place;
  /** A PNG of what is seen, without what tools are about to do, with the scale bar where it is shown. */
  screenshot(): Promise<Blob>;
  /** The colour drawn at a place of the canvas, in CSS pixels from its upper left: red, green, blue, opacity, 0 … 255. */
  readPixel(x: number, y: number): [number, number, number, number];
  /** Shows what a tool is about to do; undefined shows nothing any more. */
  preview(shape: Preview | undefined): void;
  stats(): RendererStats;
  destroy(): void;
}

/** What drawing costs. */
export interface RendererStats {
  /** How often something was drawn. */
  readonly draws: number;
  /** Tiles of images on the graphics card. */
  readonly tiles: number;
  /** Of all pixels on the graphics card. */
  readonly bytes: number;
  /** Under way. */
  readonly requests: number;
}

/** Options of {@link createRenderer}. */
export interface RendererOptions {
  /** Told of pixels or labels that could not be read, once for each message. */
  readonly onError?: (error: unknown) => void;
  /** Bytes of image textures beside those in view; default 256 MiB. */
  readonly imageBytes?: number;
  /** Bytes of label textures; default 192 MiB. */
  readonly labelBytes?: number;
  /** Requests at once; default 6. */
  readonly requests?: number;
}

const MEBIBYTE = 2 ** 20;

/**
 * Draws `workspace` on `canvas` until it is destroyed, in step with its scene, labels, lineages and points. Throws
 * `UnsupportedError` where the browser has no WebGL2.
 */
export function createRenderer(
  canvas: HTMLCanvasElement,
  workspace: Workspace,
  options: RendererOptions = {},
): Renderer {
  const gl = contextOf(canvas);
  const queue = tileQueue(options.requests ?? 6);
  const lineCache: LineCache = new Map();
  const lineages = lineageWatch(workspace, wake);
  const told = new Set<string>();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let waiting: (() => void)[] = [];
  let gpu: Gpu | undefined;
  let damage: Edges | "all" | undefined = "all";
  let scheduled = 0;
  let draws = 0;
  let drawn: { readonly scene: Scene; readonly view: SceneView } | undefined;
  let isSettled = false;
  let frames: Frames = { shown: workspace.scene.get().at, next: workspace.scene.get().at };
  let sight: Sight = sightOf(workspace.scene.get().camera, 0, 0, 1);
  let shape: Preview | undefined;

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting = [];
    if (scheduled === 0) scheduled = requestAnimationFrame(draw);
  }
  /** What lies within edges of the image, and `margin` CSS pixels around, has to be drawn again. */
  function damaged(edges: Edges | undefined, margin: number): void {
    if (edges) stain(edges, margin);
    wake();
  }
  function stain(edges: Edges, margin: number): void {
    const part = canvasEdges(sight, edges, margin * sight.ratio);
    if (damage !== "all" && part) damage = around(damage, part);
  }
  function damagedAll(): void {
    damage = "all";
    wake();
  }
  function labelsChanged(layer: string, at: PlaneAt, edges: Edges): void {
    const size = workspace.labels.get(layer)?.size ?? { t: 1, z: 1 };
    const { t, z } = frames.shown;
    const isShown = at.t === Math.min(t, size.t - 1) && at.z === Math.min(z, size.z - 1);
    damaged(isShown ? edges : undefined, widestContour(workspace.scene.get()));
  }
  function failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (!told.has(text)) options.onError?.(error);
    told.add(text);
  }
  function start(): void {
    gpu = createGpu(gl, {
      imageBytes: options.imageBytes ?? 256 * MEBIBYTE,
      labelBytes: options.labelBytes ?? 192 * MEBIBYTE,
      onTile: (edges) => damaged(edges, 1),
      onLabels: labelsChanged,
      onError: failed,
    });
    damagedAll();
  }
  function end(): void {
    queue.want([]);
    gpu?.pages.destroy();
    gpu = undefined;
  }

  function viewOf({ tiles, pages, slots }: Gpu, scene: Scene, frame: Frame): SceneView {
    const { generation } = slots;
    const see = () => viewScene({ workspace, tiles, pages, lineCache }, scene, frame, sight);
    const view = see();
    // Pages that had to move to make room for others are brought in once more.
    return slots.generation === generation ? view : see();
  }

  /** Finds out what can be drawn, and asks for what cannot. */
  function prepare(scene: Scene, card: Gpu): SceneView {
    card.tiles.cache.tick();
    card.slots.tick();
    frames = aimAt(frames, scene.at, scene.playing > 0);
    let view = viewOf(card, scene, frames.shown);
    let { wishes } = view;
    if (!sameFrame(frames.shown, frames.next)) {
      const next = viewOf(card, scene, frames.next);
      wishes = next.wishes;
      if (next.isReady) {
        view = next;
        frames = { shown: frames.next, next: frames.next };
        damage = "all";
        if (!sameFrame(scene.at, frames.shown)) wake();
      }
    }
    if (scene.playing > 0 && scene.size.t > 1) {
      const t = (frames.next.t + 1) % scene.size.t;
      wishes = [...wishes, ...viewOf(card, scene, { t, z: frames.next.z }).wishes];
    }
    queue.want(wishes);
    card.pages.stopOthers();
    return view;
  }

  function followLayers(scene: Scene, card: Gpu): void {
    card.keep(scene);
    lineages.follow(scene);
    forgetLines(lineCache, scene);
    // The first layers are shown where one stands, not where one stood before there were any.
    if (!drawn?.scene.layers.length) frames = { shown: scene.at, next: scene.at };
  }

  function draw(): void {
    cancelAnimationFrame(scheduled);
    scheduled = 0;
    const scene = workspace.scene.get();
    if (!gpu || gl.isContextLost()) return;
    const before = sight;
    sight = sizedSight(canvas, scene.camera);
    if (sight.height * sight.width === 0) return;
    if (drawn?.scene.layers !== scene.layers) followLayers(scene, gpu);
    const view = prepare(scene, gpu);
    if (
      looksOther(drawn?.scene, scene) ||
      !sameSize(before, sight) ||
      !sameLines(drawn?.view, view)
    )
      damage = "all";
    else if (drawn)
      // From far off a label's pixel on the screen reaches over its own edge.
      for (const edges of selectionEdges(workspace, frames.shown, drawn.scene, scene))
        stain(edges, widestContour(scene) + 2);
    drawn = { scene, view };
    isSettled = view.isReady && sameFrame(frames.shown, scene.at);
    if (!damage) return;
    paint(damage === "all" ? wholeCanvas(sight) : damage, shape);
    damage = undefined;
    draws++;
  }

  function paint(edges: Edges, preview: Preview | undefined): void {
    if (!drawn || !gpu) return;
    const { scene, view } = drawn;
    const previews = [...regionOf(scene), ...(preview ? [preview] : [])];
    const isDark = scene.theme === "dark" || (scene.theme === "system" && dark.matches);
    const background = isDark ? 0 : 1;
    gpu.paint({ scene, layers: view.layers, previews, background }, sight, edges);
  }

  const lost = (event: Event): void => {
    // Without this the browser would not give the context back.
    event.preventDefault();
    end();
  };
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", start);
  const sizes = new ResizeObserver(wake);
  sizes.observe(canvas);
  dark.addEventListener("change", damagedAll);
  const stops = [workspace.scene.watch(wake), workspace.history.watch(wake), lineages.stop];
  start();

  return {
    draw,
    async settled() {
      for (;;) {
        draw();
        if (isSettled || sight.height * sight.width === 0) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    imageAt(clientX, clientY) {
      const frame = canvas.getBoundingClientRect();
      const place = { y: clientY - frame.top, x: clientX - frame.left };
      const view = { height: canvas.clientHeight, width: canvas.clientWidth };
      return imagePlace(workspace.scene.get().camera, view, place);
    },
    async screenshot() {
      draw();
      paint(wholeCanvas(sight), undefined);
      const picture = screenshotOf(canvas, workspace.scene.get());
      paint(wholeCanvas(sight), shape);
      return picture;
    },
    readPixel(x, y) {
      draw();
      const pixel = new Uint8Array(4);
      const row = canvas.height - 1 - Math.floor(y * sight.ratio);
      gl.readPixels(Math.floor(x * sight.ratio), row, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return [pixel[0], pixel[1], pixel[2], pixel[3]];
    },
    preview(next) {
      for (const one of [shape, next]) if (one) damaged(previewEdges(one), PREVIEW_MARGIN);
      shape = next;
    },
    stats: () => ({
      draws,
      tiles: gpu?.tiles.cache.count ?? 0,
      bytes: (gpu?.tiles.cache.bytes ?? 0) + (gpu?.slots.bytes ?? 0),
      requests: queue.busy + (gpu?.pages.loading ?? 0),
    }),
    destroy() {
      cancelAnimationFrame(scheduled);
      end();
      for (const stop of stops) stop();
      dark.removeEventListener("change", damagedAll);
      sizes.disconnect();
      canvas.removeEventListener("webglcontextlost", lost);
      canvas.removeEventListener("webglcontextrestored", start);
    },
  };
}

function regionOf({ region }: Scene): Preview[] {
  if (!region) return [];
  const [y, x, height, width] = region;
  return [{ kind: "box", y, x, height, width }];
}
