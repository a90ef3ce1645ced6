/**
 * The page of a job: what it is, how far it is, and a picture of the image with what is done in it. One file, with nothing
 * loaded from elsewhere.
 *
 * @module
 */
import { coreBox, writePng } from "@cellwright/core";
import { duration } from "../progress.js";
import { putFile, tidyUnit } from "./folder.js";
import { readRecord, readSections } from "./part-file.js";
import { type BlocksPlan, type Plan, unitPath } from "./plan-data.js";
import { type JobStatus, statusOf } from "./status.js";
import { thumbStep } from "./thumb.js";

/** What a page is written from. */
export interface Looked {
  readonly status: JobStatus;
  readonly isDone: (n: number) => boolean;
}

/** What of the folder belongs to the page. */
const UNIT = "report/page";

/** Writes `report.html`. */
export async function writeReport(folder: string, plan: Plan, looked?: Looked): Promise<void> {
  const { status, isDone } = looked ?? (await statusOf(folder, plan));
  const picture = plan.kind === "blocks" ? await pictureOf(folder, plan, isDone) : undefined;
  const page = pageOf(plan, status, picture);
  await putFile(folder, UNIT, "report.html", page, { flush: false });
  await tidyUnit(folder, UNIT);
}

function pageOf(plan: Plan, status: JobStatus, picture: Uint8Array | undefined): string {
  const { model, options } = plan.recipe;
  const noun = plan.kind === "blocks" ? "Blocks" : "Images";
  const facts: [string, string][] = [
    ["Job", plan.job],
    ...(plan.kind === "blocks" ? factsOf(plan) : []),
    ["Model", `${model.name} (weights ${model.sha256.slice(0, 12)})`],
    ["Options", JSON.stringify(options)],
    [`${noun} done`, `${status.done} of ${status.units}`],
    ["Failed", `${status.failed.length}`],
    ["Processes at work", `${status.running.length}`],
    ...(status.rate > 0 ? [[`${noun} a second`, `${status.rate}`] as [string, string]] : []),
    ...(status.secondsLeft !== undefined
      ? [["Time left", duration(status.secondsLeft)] as [string, string]]
      : []),
    ...(status.cells !== undefined ? [["Cells", `${status.cells}`] as [string, string]] : []),
    ["Complete", status.complete || (status.merged && status.done === status.units) ? "yes" : "no"],
  ];
  const rows = facts.map(([name, value]) => `<tr><th>${shown(name)}<td>${shown(value)}`).join("\n");
  const failures = status.failed
    .map(({ name, host, message }) => `<li>${shown(`${name}: ${message} (on ${host})`)}`)
    .join("\n");
  const image = picture
    ? `<figure><img alt="the image, cells in green, what is not done in blue" src="data:image/png;base64,${Buffer.from(picture).toString("base64")}"><figcaption>Mean brightness, cells in green; blue is not done.</figcaption></figure>`
    : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Cellwright job</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}th{text-align:left;padding-right:2rem;vertical-align:top}td{overflow-wrap:anywhere}img{max-width:100%;image-rendering:pixelated}figure{margin:1rem 0}</style>
<h1>Cellwright job</h1>
${image}
<table>
${rows}
</table>
${failures ? `<h2>Failed</h2>\n<ul>\n${failures}\n</ul>` : ""}
</html>
`;
}

function factsOf({ input, image, grid, main }: BlocksPlan): [string, string][] {
  return [
    ["Image", input],
    ["Size", `${image.axes} of ${image.shape.join(" x ")}, ${image.type}`],
    ["Blocks", `${grid.block} pixels a side, ${grid.halo} around each`],
    ["Seen at", `${Number(main.scale.zoom.toPrecision(3))} times its size`],
  ];
}

/** Text as HTML. */
function shown(text: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (mark) => marks[mark]);
}

/** The first plane, small: each finished block's part of it. */
async function pictureOf(
  folder: string,
  plan: BlocksPlan,
  isDone: (n: number) => boolean,
): Promise<Uint8Array> {
  const { grid } = plan;
  const step = thumbStep(grid);
  const [height, width] = [Math.ceil(grid.height / step), Math.ceil(grid.width / step)];
  const light = new Float32Array(height * width).fill(Number.NaN);
  const share = new Float32Array(height * width);
  const waiting = new Uint8Array(height * width);
  for (const [n, unit] of plan.units.entries()) {
    if (unit.plane !== 0) continue;
    const core = coreBox(grid, unit);
    const [rows, columns] = [Math.ceil(core.height / step), Math.ceil(core.width / step)];
    const record = isDone(n) ? readRecord(folder, plan.job, unitPath(plan, n)) : undefined;
    const { thumb } = record ? await readSections(folder, record, ["thumb"]) : {};
    const part = thumb && new Float32Array(thumb);
    const size = rows * columns;
    for (let y = 0; y < rows; y++) {
      const at = (core.y / step + y) * width + core.x / step;
      if (!record) waiting.fill(1, at, at + columns);
      if (!part) continue;
      light.set(part.subarray(y * columns, (y + 1) * columns), at);
      share.set(part.subarray(size + y * columns, size + (y + 1) * columns), at);
    }
  }
  return writePng(paint(light, share, waiting, height, width));
}

function paint(
  light: Float32Array,
  share: Float32Array,
  waiting: Uint8Array,
  height: number,
  width: number,
): { data: Uint8Array; shape: number[]; axes: string } {
  const known = light.filter((value) => !Number.isNaN(value)).sort();
  const low = known[0] ?? 0;
  const high = known[Math.floor(0.995 * (known.length - 1))] ?? 1;
  const area = height * width;
  const data = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) {
    const value = Number.isNaN(light[i]) ? 0 : (light[i] - low) / (high - low || 1);
    const grey = Math.max(0, Math.min(1, value)) * 200;
    data[i] = grey * (1 - 0.6 * share[i]);
    data[area + i] = Math.min(255, grey + 55 * share[i]);
    data[2 * area + i] = waiting[i] ? 160 : grey * (1 - 0.6 * share[i]);
  }
  return { data, shape: [3, height, width], axes: "cyx" };
}
