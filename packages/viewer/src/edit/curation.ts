/**
 * A curator who never tires: brings found cells to the true ones with the tools of the page, and counts the strokes. What it
 * counts is what correcting a segmentation costs.
 * In: a labels layer and the truth of a plane. Out: the layer corrected, and how many strokes of which tool that took.
 *
 * It does what a careful person does, one gesture at a time: deletes what is no cell, cuts cells grown together, joins pieces,
 * clicks on cells that were missed, and draws anew what is still wrong. A stroke that did not help is taken back and counts.
 *
 * @module
 */
import {
  type Box,
  findErrors,
  type Labels,
  type Overlap,
  outlinePolygons,
  overlapOf,
  ShapeError,
} from "@cellwright/core";
import { activeLabels, changeTool, select } from "../scene/commands.js";
import type { ToolState } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { pagesOf } from "./apply.js";
import type { Place } from "./brush.js";
import { undo } from "./commands.js";
import { cutBetween, innermost, outlinePath } from "./curation-path.js";
import { startGesture } from "./gesture.js";
import type { Edit, PlaneAt } from "./label-store.js";
import { planeNumber, wholePlane } from "./pages.js";

/** What strokes are counted by. */
export type CurationStroke = "delete" | "split" | "merge" | "grow" | "outline" | "undo";

/** What a curation took. */
export interface Curation {
  readonly strokes: Readonly<Record<CurationStroke, number>>;
  /** Of all kinds. */
  readonly total: number;
  /** True cells that no found cell matches by then; 0 where the goal was reached. */
  readonly wrong: number;
}

/** How a curation is done. */
export interface CurationOptions {
  /** The plane; default the first. */
  readonly at?: PlaneAt;
  /** A cell is right where it and a true one have this IoU, 0.5 … 1; 1 wants every pixel. Default 0.75. */
  readonly iou?: number;
  /** Whether missed cells are tried with a click in the image, which has to be in the scene; default false. */
  readonly grow?: boolean;
}

/**
 * Corrects a layer, all of it loaded. Throws {@link ShapeError} where the truth has another size, or the goal is no IoU above which
 * each cell has one partner.
 */
export async function curate(
  workspace: Workspace,
  layer: string,
  truth: Labels,
  options: CurationOptions = {},
): Promise<Curation> {
  const { at = { t: 0, z: 0 }, iou = 0.75, grow = false } = options;
  const { size } = pagesOf(workspace, layer);
  if (truth.shape[0] !== size.y || truth.shape[1] !== size.x)
    throw new ShapeError("truth", `${size.y} x ${size.x}`, truth.shape.join(" x "));
  if (!(iou >= 0.5 && iou <= 1)) throw new ShapeError("IoU that is right", "0.5 to 1", `${iou}`);
  const before = workspace.scene.get();
  workspace.scene.update((scene) => ({
    ...select(scene, layer),
    at,
    // From near by, so that no corner of an outline is too close to the one before it.
    camera: { ...scene.camera, zoom: 100 },
  }));
  if (activeLabels(workspace.scene.get())?.id !== layer)
    throw new ShapeError("layer to curate", "one of labels", `"${layer}"`);
  const curator = new Curator(workspace, layer, truth, at, iou);
  await curator.deleteSpurious();
  await curator.splitMerges();
  await curator.mergeSplits();
  await curator.redraw(grow);
  await curator.deleteRest();
  workspace.scene.update((scene) => ({ ...scene, camera: before.camera, tool: before.tool }));
  return curator.finish();
}

/** Below this IoU a cell counts as not found. */
const MISSED = 0.5;

/** What is wrong with a true cell. */
interface Match {
  /** The found cell that covers most of it, 0 for none. */
  readonly found: number;
  readonly iou: number;
}

class Curator {
  readonly #workspace: Workspace;
  readonly #layer: string;
  readonly #truth: Labels;
  readonly #at: PlaneAt;
  readonly #iou: number;
  readonly #outlines: ReadonlyMap<number, Place[]>;
  readonly #strokes = { delete: 0, split: 0, merge: 0, grow: 0, outline: 0, undo: 0 };

  constructor(workspace: Workspace, layer: string, truth: Labels, at: PlaneAt, iou: number) {
    this.#workspace = workspace;
    this.#layer = layer;
    this.#truth = truth;
    this.#at = at;
    this.#iou = iou;
    this.#outlines = new Map(
      outlinePolygons(truth).map(({ label, parts }) => [label, outlinePath(parts)]),
    );
  }

  /** Cells that are none are clicked away. */
  async deleteSpurious(): Promise<void> {
    for (const label of findErrors(this.#truth, this.#found()).spurious) await this.#delete(label);
  }

  /** Cells that are several true ones are cut, until no cut helps. */
  async splitMerges(): Promise<void> {
    const given = new Set<number>();
    for (;;) {
      const found = this.#found();
      const { merges } = findErrors(this.#truth, found);
      const next = merges.find(({ label }) => !given.has(label));
      if (!next) return;
      if (!(await this.#cutOff(found, next.label, next.others))) given.add(next.label);
    }
  }

  /** Parts from a found cell the first of its true ones that a stroke can part from the others. */
  async #cutOff(found: Labels, label: number, cells: readonly number[]): Promise<boolean> {
    const box = this.#boxOf(label);
    if (!box) return false;
    const byArea = [...cells].sort((a, b) => this.#areaOf(a) - this.#areaOf(b));
    for (const one of byArea) {
      const others = new Set(cells.filter((cell) => cell !== one));
      const line = cutBetween(found, label, this.#truth, one, others, box);
      if (line && (await this.#stroke("split", { name: "split" }, line))) return true;
    }
    return false;
  }

  /** Pieces of one true cell are joined. */
  async mergeSplits(): Promise<void> {
    for (const { others } of findErrors(this.#truth, this.#found()).splits) {
      const [into, ...rest] = others;
      for (const piece of rest) {
        const [from, to] = [this.#middleOf(into), this.#middleOf(piece)];
        if (from && to) await this.#stroke("merge", { name: "merge" }, [from, to]);
      }
    }
  }

  /** What is still wrong or missing is grown from a click where that does it, else drawn anew. */
  async redraw(grow: boolean): Promise<void> {
    for (const [cell, { iou }] of this.#matches()) {
      if (iou >= this.#iou) continue;
      // A click is worth a try where there is no cell yet; one that is only rough is drawn at once.
      const isMissed = iou < MISSED && this.#iou < 1;
      if (grow && isMissed && (await this.#grow(cell))) continue;
      // Strokes for other cells may have changed this one.
      const { found } = this.#matches().get(cell) as Match;
      if (found !== 0 && !this.#isRight(found)) await this.#delete(found);
      const label = pagesOf(this.#workspace, this.#layer).giveOut();
      // What it takes from other cells is not theirs: the outline is the true one.
      const tool = { name: "polygon", label, preserve: false } as const;
      await this.#stroke("outline", tool, this.#outlines.get(cell) as Place[]);
    }
  }

  async #grow(cell: number): Promise<boolean> {
    const outline = this.#outlines.get(cell) as Place[];
    const at = innermost(this.#truth, cell, boxAround(outline));
    if (!at || !(await this.#stroke("grow", { name: "grow" }, [at]))) return false;
    if ((this.#matches().get(cell) as Match).iou >= this.#iou) return true;
    undo(this.#workspace);
    this.#strokes.undo++;
    return false;
  }

  /** Whether a found cell is a true one already. */
  #isRight(found: number): boolean {
    for (const match of this.#matches().values())
      if (match.found === found && match.iou >= this.#iou) return true;
    return false;
  }

  /** What is left over after all true cells are right: pieces and crumbs. */
  async deleteRest(): Promise<void> {
    const right = new Set([...this.#matches().values()].map(({ found }) => found));
    for (const label of pagesOf(this.#workspace, this.#layer).cells.labelsIn(this.#at.t))
      if (!right.has(label)) await this.#delete(label);
  }

  finish(): Curation {
    const wrong = [...this.#matches().values()].filter(({ iou }) => iou < this.#iou).length;
    const strokes = { ...this.#strokes };
    const total = Object.values(strokes).reduce((sum, count) => sum + count, 0);
    return { strokes, total, wrong };
  }

  async #delete(label: number): Promise<void> {
    const at = this.#middleOf(label);
    if (at) await this.#stroke("delete", { name: "delete" }, [at]);
  }

  /** One gesture, counted. Answers what came of it. */
  async #stroke(
    kind: CurationStroke,
    tool: Partial<ToolState>,
    path: readonly Place[],
  ): Promise<Edit | undefined> {
    this.#strokes[kind]++;
    this.#workspace.scene.update((scene) => changeTool(scene, { allFrames: false, ...tool }));
    const gesture = startGesture(this.#workspace, path[0]);
    for (const to of path.slice(1)) gesture?.move(to);
    return gesture?.end(path[path.length - 1]);
  }

  #found(): Labels {
    const store = pagesOf(this.#workspace, this.#layer);
    return store.readNow(this.#at, wholePlane(store.size));
  }

  /** The best partner of each true cell, by its label. */
  #matches(): Map<number, Match> {
    const { truth, found, pairs }: Overlap = overlapOf(this.#truth, this.#found());
    const matches = new Map<number, Match>(
      Array.from(truth.labels, (label) => [label, { found: 0, iou: 0 }]),
    );
    for (const pair of pairs) {
      const cell = truth.labels[pair.truth];
      const known = matches.get(cell) as Match;
      if (pair.iou > known.iou)
        matches.set(cell, { found: found.labels[pair.found], iou: pair.iou });
    }
    return matches;
  }

  #boxOf(label: number): Box | undefined {
    const { cells, size } = pagesOf(this.#workspace, this.#layer);
    return cells.get(planeNumber(size, this.#at), label)?.box;
  }

  #middleOf(label: number): Place | undefined {
    const box = this.#boxOf(label);
    return box && innermost(this.#found(), label, box);
  }

  #areaOf(cell: number): number {
    const { height, width } = boxAround(this.#outlines.get(cell) as Place[]);
    return height * width;
  }
}

/** The box that an outline bounds. */
function boxAround(outline: readonly Place[]): Box {
  const ys = outline.map(({ y }) => y);
  const xs = outline.map(({ x }) => x);
  const [y, x] = [Math.min(...ys), Math.min(...xs)];
  return { y, x, height: Math.max(...ys) - y, width: Math.max(...xs) - x };
}
