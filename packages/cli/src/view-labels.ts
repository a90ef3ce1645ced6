/**
 * Which labels belong to which image: those of its stem.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { stemOf } from "./inputs.js";
import type { Placed, ViewInput } from "./view-inputs.js";
import { stemOfLabels } from "./view-kind.js";

/**
 * The inputs as the page shall list them. Labels out of `named` belong to the image of their stem; one image and one file
 * of labels belong together whatever they are called. Where none are named, those beside the image do. Labels without
 * an image stand for themselves.
 */
export function pairLabels(found: readonly Placed[], named: readonly Placed[]): ViewInput[] {
  const images = found.filter(({ input }) => input.kind !== "labels");
  const beside = found.filter(({ input }) => input.kind === "labels");
  const taken = new Set<Placed>();
  const take = (labels: Placed | undefined) => {
    if (labels) taken.add(labels);
    return labels?.input.address;
  };
  const isPair = images.length === 1 && named.length === 1;
  const paired = images.map((image) => {
    const stem = stemOf(image.file ?? image.input.name);
    const labels =
      take(isPair ? named[0] : named.find((one) => stemOfLabels(one.input.path) === stem)) ??
      take(beside.find((one) => isBeside(one, image) && stemOfLabels(one.input.path) === stem)) ??
      resultOf(image, found);
    return labels === undefined ? image.input : { ...image.input, labels };
  });
  const alone = [...beside, ...named].filter((labels) => !taken.has(labels));
  return [...paired, ...alone.map(({ input }) => ({ ...input, kind: labelsKind(input) }))];
}

/** Of a movie `01`, the folder `01_RES` or else the truth `01_GT/TRA`, as the Cell Tracking Challenge has them. */
function resultOf({ file, input }: Placed, found: readonly Placed[]): string | undefined {
  if (input.kind !== "folder" || file === undefined) return undefined;
  const at = (path: string) =>
    found.find((one) => one.input.kind === "folder" && one.file === path);
  return (at(`${file}_RES`) ?? at(join(`${file}_GT`, "TRA")))?.input.address;
}

function labelsKind({ kind }: ViewInput): ViewInput["kind"] {
  return kind === "image" ? "labels" : kind;
}

function isBeside(one: Placed, other: Placed): boolean {
  return (
    one.file !== undefined && other.file !== undefined && dirname(one.file) === dirname(other.file)
  );
}
