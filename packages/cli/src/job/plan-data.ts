/**
 * What the plan of a job says, and reading it back.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type BlockGrid,
  type BlockPlace,
  type FixedNormalization,
  type Image,
  type PlanData,
  planBody,
  planText,
  readPlanText,
  type SampleType,
  type Scale,
  type ScaleChoice,
} from "@cellwright/core";
import type { SegmentOptions } from "../commands/segment.js";
import { UsageError } from "../context.js";
import type { PlaneIndex } from "../planes.js";
import type { InputFile, Recipe } from "../segment-report.js";

/** The options of `segment` that a plan settles; the others are those of the process that does a shard. */
export type PlannedOptions = Omit<
  SegmentOptions,
  "output" | "job" | "shard" | "overwrite" | "resume" | "onError" | "json" | "quiet" | "threads"
>;

/** How a model looks at the planes of an image. */
export interface ModelLook {
  readonly choice: ScaleChoice;
  readonly scale: Scale;
  /** One a plane; absent where the model takes the numbers as they are. */
  readonly normalization?: readonly FixedNormalization[];
}

/** A job over the blocks of one image. */
export interface BlocksHead {
  readonly kind: "blocks";
  /** Absolute path, or address. */
  readonly input: string;
  readonly fingerprint: string;
  readonly image: Pick<Image, "axes" | "shape" | "spacing" | "channels"> & {
    readonly type: SampleType;
  };
  /** The numbers of the channels that are looked at, in the order in which the models want them. */
  readonly channels: readonly number[];
  readonly planes: readonly PlaneIndex[];
  readonly grid: BlockGrid;
  /** Pixels of the image around what a block sees that the networks look at. */
  readonly reach: number;
  readonly main: ModelLook;
  readonly seeds?: ModelLook;
  /** What no pixel of a channel is to be brighter than, a list a plane; with `--saturated`. */
  readonly most?: readonly (readonly number[])[];
  /** How many pixels of a channel the brightness was taken from, and whether there are more. */
  readonly brightness: { readonly pixels: number; readonly sampled: boolean };
  readonly recipe: Recipe;
  readonly options: PlannedOptions;
}

/** A job over images. */
export interface ImagesHead {
  readonly kind: "images";
  readonly recipe: Recipe;
  readonly options: PlannedOptions;
}

/** A block with pixels to look at. */
export interface BlockUnit extends BlockPlace {
  /** How many files of a Zarr in a folder held pixels of its core when the job was planned. */
  readonly files?: number;
}

/** An image of a folder. */
export interface ImageUnit {
  /** Names the outputs, see `Item`. */
  readonly name: string;
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly input: readonly InputFile[];
}

/** The plan of a job over blocks. */
export interface BlocksPlan extends BlocksHead {
  readonly job: string;
  readonly units: readonly BlockUnit[];
}

/** The plan of a job over images. */
export interface ImagesPlan extends ImagesHead {
  readonly job: string;
  readonly units: readonly ImageUnit[];
}

/** A plan. */
export type Plan = BlocksPlan | ImagesPlan;

/** The text of a plan, with its id in it. */
export function textOfPlan(
  head: BlocksHead | ImagesHead,
  units: readonly (BlockUnit | ImageUnit)[],
): { text: string; job: string } {
  const data = { head, units } as unknown as PlanData;
  const job = createHash("sha256").update(planBody(data)).digest("hex").slice(0, 32);
  return { text: planText(data, job), job };
}

/** The plan of a job folder. Throws {@link UsageError} where there is none. */
export async function readPlan(folder: string): Promise<Plan> {
  const path = join(folder, "plan.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR")
      throw new UsageError(
        `${folder} is no job on ${hostname()}: "cellwright plan INPUT -o ${folder}" makes one`,
      );
    throw error;
  });
  const { job, head, units } = readPlanText(text);
  return { ...head, job, units } as unknown as Plan;
}

/** The unit of a job in the paths of its files. */
export function unitPath(plan: Plan, n: number): string {
  if (plan.kind === "images") return `images/${Math.floor(n / 1000)}/${n}`;
  const { plane, row, column } = plan.units[n];
  return `${plane}/${row}/${column}`;
}

/** The unit in words. */
export function unitName(plan: Plan, n: number): string {
  if (plan.kind === "images") return plan.units[n].files[0];
  const { plane, row, column } = plan.units[n];
  const where = plan.planes.length > 1 ? `plane ${plane}, ` : "";
  return `block ${n} (${where}row ${row}, column ${column})`;
}
