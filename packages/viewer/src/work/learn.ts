/**
 * Learning in the page: cells that somebody corrected go to the worker with their image, a better model comes back.
 *
 * @module
 */
import { type Box, boxAround, countLabels, type Image, UnsupportedError } from "@cellwright/core";
import { pagesOf } from "../edit/apply.js";
import type { PlaneAt } from "../edit/label-store.js";
import type { Area } from "../workspace.js";
import { correctedAreas, regionBox, seenBox } from "./areas.js";
import type { BenchTools, LearnPlaces, LearnReport, LearnRequest, ModelInfo } from "./bench.js";
import { grown } from "./crop.js";
import { showJob } from "./job.js";
import { type Budget, checkExtent, handOver, readChannels, type View, viewOf } from "./planes.js";
import type { LearnInput, LessonInput } from "./protocol.js";
import { readSample } from "./sample.js";
import { type Allotted, allot, type Place } from "./split.js";

/** Diameter of a cell in pixels, where nobody says it. */
const CELL = 30;
/** Pixels along a side that a place to learn from has at least. */
const LEAST = 96;
/** Pixels around places of larger planes. */
const AROUND = 512;

/** Trains a model further; see `Bench.learn`. */
export async function learnInPage(tools: BenchTools, request: LearnRequest): Promise<LearnReport> {
  const { workspace, client, shelf } = tools;
  const stop = new AbortController();
  const finish = new AbortController();
  const job = showJob(workspace, "Learn", () => {
    if (finish.signal.aborted) stop.abort();
    else job.tell(undefined, "coming to an end");
    finish.abort();
  });
  try {
    job.tell(undefined, "reading the model");
    const model = await shelf.infoOf(request.model);
    if (!model.canLearn)
      throw new UnsupportedError(
        `${model.name} cannot be trained further in the page. ${model.whyNot ?? "Take another model."}`,
      );
    const places = allot(await placesOf(tools, request, model), request.seed ?? 1);
    const view = viewOf(workspace, model.channels, request.channels);
    const looked = { view, channels: model.channels, budget: tools.budget };
    const { planes, samples, lessons } = await lessonsOf(looked, places, stop.signal);
    const { epochs, steps, minutes, seed = 1 } = request;
    const input: LearnInput = {
      model: tools.sourceOf(model.id),
      planes,
      samples,
      lessons,
      name: request.name?.trim() ? plainName(request.name) : await freeName(tools, model),
      seed,
      ...(epochs !== undefined && { epochs }),
      ...(steps !== undefined && { steps }),
      ...(minutes !== undefined && { minutes }),
    };
    const report = {
      learnt: summary(places, false),
      heldBack: summary(places, true),
      areas: places.map(({ at, box }) => ({ at, box })),
    };
    const {
      zip,
      decoder: _,
      ...answer
    } = await client.ask("learn", input, {
      signal: stop.signal,
      finish: finish.signal,
      transfer: handOver(...planes, ...samples, ...lessons.map(({ labels }) => labels)),
      onProgress: (share, detail) => finish.signal.aborted || job.tell(share, detail),
      onPart: (part) => request.onEpoch?.(part),
    });
    if (!zip) return { ...answer, ...report };
    return { ...answer, ...report, model: await shelf.keep(input.name, zip) };
  } finally {
    job.end();
  }
}

/** The places whose cells are right, with their cells. */
async function placesOf(
  { workspace, options, budget }: BenchTools,
  { layer, where = "corrected" }: LearnRequest,
  model: ModelInfo,
): Promise<Place[]> {
  const store = pagesOf(workspace, layer);
  const { size } = store;
  const scene = workspace.scene.get();
  const at: PlaneAt = { t: Math.min(scene.at.t, size.t - 1), z: Math.min(scene.at.z, size.z - 1) };
  const whole: Box = { y: 0, x: 0, height: size.y, width: size.x };
  const areasOf = (): Area[] => {
    if (where === "region") return [{ at, box: regionBox(scene, size) }];
    if (where === "view")
      return [
        { at, box: seenBox(scene, options.view?.() ?? { height: size.y, width: size.x }, size) },
      ];
    if (where === "plane") return [{ at, box: whole }];
    if (where === "corrected") {
      const margin = Math.ceil(2 * (model.diameter ?? CELL));
      return correctedAreas(workspace, layer, size, { margin, least: LEAST });
    }
    return Array.from({ length: size.t * size.z }, (_, n) => ({
      at: { t: Math.floor(n / size.z), z: n % size.z },
      box: whole,
    }));
  };
  const places: Place[] = [];
  for (const area of areasOf()) {
    checkExtent(area.box, budget);
    const labels = await store.read(area.at, area.box);
    if (countLabels(labels) > 0) places.push({ ...area, labels });
  }
  return places;
}

/** What is looked at while learning. */
interface Looked {
  readonly view: View;
  readonly channels: readonly string[];
  readonly budget: Budget;
}

/** The places as lessons, and the planes that they lie on: each is read once. */
async function lessonsOf(
  { view, channels, budget }: Looked,
  places: readonly Allotted[],
  signal: AbortSignal,
): Promise<{ planes: Image[]; samples: (Image | undefined)[]; lessons: LessonInput[] }> {
  const { y, x } = view.size;
  const byPlane = new Map<string, Allotted[]>();
  for (const place of places) {
    const key = `${place.at.t} ${place.at.z}`;
    byPlane.set(key, [...(byPlane.get(key) ?? []), place]);
  }
  const planes: Image[] = [];
  const samples: (Image | undefined)[] = [];
  const lessons: LessonInput[] = [];
  for (const here of byPlane.values()) {
    const hull = here.map(({ box }) => box).reduce(boxAround);
    const isWhole = y * x <= budget.whole;
    const seen = isWhole ? { y: 0, x: 0, height: y, width: x } : grown(hull, AROUND, y, x);
    checkExtent(seen, budget);
    for (const { name, box, labels, heldBack } of here) {
      const inside = { ...box, y: box.y - seen.y, x: box.x - seen.x };
      lessons.push({ name, plane: planes.length, box: inside, labels, heldBack });
    }
    const [{ at }] = here;
    planes.push(await readChannels(view, channels, at, seen, signal));
    samples.push(isWhole ? undefined : await readSample(view, channels, at, signal));
  }
  return { planes, samples, lessons };
}

function summary(places: readonly Allotted[], heldBack: boolean): LearnPlaces {
  const those = places.filter((place) => place.heldBack === heldBack);
  return {
    cells: those.reduce((sum, { labels }) => sum + countLabels(labels), 0),
    places: those.map(({ name }) => name),
  };
}

/** A name that bioimage.io allows: 5 to 128 letters, digits, blanks and `_ + - ( )`. */
function plainName(text: string): string {
  const name = text
    .trim()
    .replaceAll(/[^A-Za-z0-9_+\- ()]/g, "_")
    .slice(0, 128);
  return name.length >= 5 ? name : `model ${name}`;
}

/** "nuclei adapted", "nuclei adapted 2", …: what no model is called yet. */
async function freeName({ shelf }: BenchTools, { name }: ModelInfo): Promise<string> {
  const stem = `${name.replace(/ adapted( \d+)?$/, "").slice(0, 100)} adapted`;
  const names = new Set((await shelf.list()).map((model) => model.name));
  for (let n = 1; ; n++) {
    const wanted = n === 1 ? stem : `${stem} ${n}`;
    if (!names.has(wanted)) return wanted;
  }
}
