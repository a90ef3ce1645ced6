/**
 * The family of networks of the 2016 paper: they look at a square patch and say what its middle pixel is: cell edge,
 * cell interior or background. One description gives the patch form; `toDense` makes the form for whole images of it.
 * Van Valen et al. 2016, doi:10.1371/journal.pcbi.1005177.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { floats, type Graph, GraphBuilder } from "../network.js";
import { normal, type Random } from "../random.js";

/** The side of the patch that a network looks at, in pixels: about the diameter of a cell. */
export type PatchSize = 21 | 31 | 61 | 81;

/** Which network of the family. */
export interface FeatureNetOptions {
  /** Channels of the image. */
  readonly inputs: number;
  /** What a pixel can be; the paper's order is edge, interior (one for each cell type), background. */
  readonly outputs: number;
  /** The side of the patch: 31 for bacteria, 61 for nuclei and mammalian cells. */
  readonly patch: PatchSize;
  /** Also looks at coarser levels directly (patches of 31, 61 and 81). Default: false. */
  readonly multires?: boolean;
  /** Batch normalisation before each ReLU. Default: true. */
  readonly batchNorm?: boolean;
}

/**
 * A step of a network: a convolution `[kernel size, width]` on the trunk, a pooling that halves the map, or a branch:
 * a convolution over all that is left of the patch, whose one pixel goes to the dense layer. An early branch reads the
 * trunk before its ReLU.
 */
export type Step =
  | "pool"
  | readonly [kind: "conv" | "branch" | "early branch", size: number, width: number];

/** A network's steps from the patch on, and the width of the dense layer that joins its branches. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly dense: number;
}

/** Where a network's numbers come from: values of `shape` for a part of a layer, such as the `kernel` of `conv_3`. */
export type Supply = (
  layer: string,
  part: "kernel" | "bias" | "scale" | "shift" | "mean" | "variance",
  shape: readonly number[],
) => Float32Array;

const conv3 = (width: number): Step => ["conv", 3, width];
const conv4 = (width: number): Step => ["conv", 4, width];

/** The paper's plain networks, by the side of their patch. */
export const plainPlans: Readonly<Record<PatchSize, Plan>> = {
  21: {
    steps: [conv4(32), conv3(32), "pool", conv3(32), conv3(32), ["branch", 4, 200]],
    dense: 200,
  },
  31: {
    steps: [conv4(32), "pool", conv3(64), conv3(64), "pool", conv3(128), ["branch", 3, 200]],
    dense: 200,
  },
  61: {
    steps: [
      ...[conv3(64), conv4(64), "pool", conv3(64), conv3(64), "pool", conv3(64), conv3(64), "pool"],
      ["branch", 4, 200],
    ] as Step[],
    dense: 200,
  },
  81: {
    steps: [
      ...[conv3(64), conv4(64), "pool", conv3(64), conv3(64), conv3(64), "pool"],
      ...[conv3(64), conv3(64), "pool", conv3(64), ["branch", 4, 200]],
    ] as Step[],
    dense: 200,
  },
};

const multiresPlans: Readonly<Partial<Record<PatchSize, Plan>>> = {
  31: {
    steps: [
      ...[conv4(32), "pool", ["branch", 14, 200], conv3(64), conv3(64), "pool", conv3(128)],
      ["early branch", 3, 200],
    ] as Step[],
    dense: 512,
  },
  61: {
    steps: [
      ...[conv3(64), conv4(64), "pool", ["branch", 28, 256], conv3(64), conv3(64), "pool"],
      ...[["branch", 12, 256], conv3(128), conv3(128), "pool", ["branch", 4, 256]],
    ] as Step[],
    dense: 512,
  },
  81: {
    steps: [
      ...[
        conv3(32),
        conv4(32),
        "pool",
        conv3(64),
        conv3(64),
        conv3(64),
        ["branch", 32, 256],
        "pool",
      ],
      ...[conv3(128), conv3(128), ["branch", 12, 256], "pool", conv3(128), ["branch", 4, 256]],
    ] as Step[],
    dense: 512,
  },
};

/**
 * A network of the paper with random weights (He et al. 2015), in patch form: input `image`
 * `[n, inputs, patch, patch]`, output `maps` `[n, outputs, 1, 1]`, shares of 1 (softmax).
 */
export function featureNet(options: FeatureNetOptions, random: Random): Graph {
  const { patch, multires = false } = options;
  const plan = multires ? multiresPlans[patch] : plainPlans[patch];
  if (!plan) {
    const known = multires ? multiresPlans : plainPlans;
    throw new ShapeError("patch", `one of ${Object.keys(known).join(", ")}`, `${patch}`);
  }
  return buildFeatureNet(plan, options, randomSupply(random));
}

/**
 * The graph of a plan with weights from `supply`: every convolution is followed by batch normalisation and ReLU, the
 * dense layers are convolutions of one pixel. `epsilon` is added to variances (default 1e-6, as in the paper's code).
 */
export function buildFeatureNet(
  plan: Plan,
  options: FeatureNetOptions & { readonly epsilon?: number },
  supply: Supply,
): Graph {
  const { inputs, outputs, patch, batchNorm = true, epsilon = 1e-6 } = options;
  const builder = new GraphBuilder();
  const weight = (layer: string, part: Parameters<Supply>[1], shape: readonly number[]): string =>
    builder.weight(floats(supply(layer, part, shape), shape), `${layer}_${part}`);
  const convolve = (x: string, from: number, size: number, to: number, name: string): string => {
    const parts = [weight(name, "kernel", [to, from, size, size]), weight(name, "bias", [to])];
    return builder.add("Conv", [x, ...parts], { kernel_shape: [size, size] }, name);
  };
  const normalize = (x: string, width: number, name: string): string => {
    if (!batchNorm) return x;
    const parts = (["scale", "shift", "mean", "variance"] as const).map((part) =>
      weight(name, part, [width]),
    );
    return builder.add("BatchNormalization", [x, ...parts], { epsilon }, `${name}_norm`);
  };
  const activate = (x: string, name: string): string =>
    builder.add("Relu", [x], {}, `${name}_relu`);

  let trunk = { before: "image", after: "image", width: inputs };
  const branches: { name: string; width: number }[] = [];
  let convolutions = 0;
  let pools = 0;
  for (const step of plan.steps) {
    if (step === "pool") {
      const window = { kernel_shape: [2, 2], strides: [2, 2] };
      const after = builder.add("MaxPool", [trunk.after], window, `pool_${++pools}`);
      trunk = { ...trunk, before: after, after };
      continue;
    }
    const [kind, size, width] = step;
    const name = `conv_${++convolutions}`;
    const x = kind === "early branch" ? trunk.before : trunk.after;
    const before = normalize(convolve(x, trunk.width, size, width, name), width, name);
    const after = activate(before, name);
    if (kind === "conv") trunk = { before, after, width };
    else branches.push({ name: after, width });
  }
  const names = branches.map(({ name }) => name);
  const joined =
    names.length > 1 ? builder.add("Concat", names, { axis: 1 }, "branches") : names[0];
  const width = branches.reduce((sum, branch) => sum + branch.width, 0);
  const hidden = normalize(
    convolve(joined, width, 1, plan.dense, "dense_1"),
    plan.dense,
    "dense_1",
  );
  const scores = convolve(activate(hidden, "dense_1"), plan.dense, 1, outputs, "dense_2");
  const maps = builder.add("Softmax", [scores], { axis: 1 }, "maps");
  return builder.build(
    [{ name: "image", shape: ["n", inputs, patch, patch] }],
    [{ name: maps, shape: ["n", outputs, 1, 1] }],
  );
}

/** Kernels from N(0, 2 / fan-in), biases 0, and batch normalisation that changes nothing yet. */
function randomSupply(random: Random): Supply {
  return (_layer, part, shape) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (part === "scale" || part === "variance") data.fill(1);
    if (part !== "kernel") return data;
    const deviation = Math.sqrt(2 / (shape[1] * shape[2] * shape[3]));
    for (let i = 0; i < data.length; i++) data[i] = normal(random) * deviation;
    return data;
  };
}
