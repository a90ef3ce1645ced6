/**
 * Our own family of networks: an encoder that halves the image a few times, a decoder that brings it back to full size,
 * and shortcuts between the two (U-Net, Ronneberger et al. 2015). The shortcuts are added, not concatenated (LinkNet,
 * Chaurasia & Culurciello 2017), and the way back has one convolution a level, which halves the work. Each map ends in
 * a sigmoid.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { floats, type Graph, GraphBuilder } from "../network.js";
import { normal, type Random } from "../random.js";

/** What a U-Net is made of. */
export interface UnetOptions {
  /** Channels of the image. */
  readonly inputs: number;
  /** Number of maps. */
  readonly outputs: number;
  /** Feature channels a level, from full size down; one number a level. */
  readonly widths: readonly number[];
  /**
   * Lets the network see each channel twice: as it is, and as log(1 + k·x) / log(1 + k) of what is above 0, for this k.
   * So cells a hundred times dimmer than the brightest stand out as well. Absent: as it is.
   */
  readonly logarithm?: number;
}

/**
 * A U-Net with random weights (He et al. 2015). Input `image` `[n, inputs, y, x]`, y and x multiples of
 * 2 ** (levels − 1); output `maps` `[n, outputs, y, x]` in 0 … 1.
 */
export function unet(options: UnetOptions, random: Random): Graph {
  const { inputs, outputs, widths } = options;
  if (widths.length === 0 || inputs < 1 || outputs < 1)
    throw new ShapeError(
      "a U-Net",
      "given an input, an output and a level or more",
      JSON.stringify(options),
    );
  const builder = new GraphBuilder();
  const shortcuts: string[] = [];
  let x = "image";
  let channels = inputs;
  if (options.logarithm) {
    x = builder.add("Concat", [x, compressed(builder, x, options.logarithm)], { axis: 1 }, "seen");
    channels *= 2;
  }
  for (const [depth, width] of widths.entries()) {
    if (depth > 0)
      x = builder.add("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] }, `down_${depth}`);
    x = block(builder, x, channels, width, `encode_${depth}_a`, random);
    x = block(builder, x, width, width, `encode_${depth}_b`, random);
    shortcuts.push(x);
    channels = width;
  }
  for (let depth = widths.length - 2; depth >= 0; depth--) {
    const narrowed = convolution(
      builder,
      x,
      channels,
      widths[depth],
      1,
      `narrow_${depth}`,
      random,
      true,
    );
    channels = widths[depth];
    const joined = builder.add(
      "Add",
      [twice(builder, narrowed, depth), shortcuts[depth]],
      {},
      `join_${depth}`,
    );
    x = block(builder, joined, channels, channels, `decode_${depth}`, random);
  }
  const head = convolution(builder, x, channels, outputs, 1, "head", random, true);
  const maps = builder.add("Sigmoid", [head], {}, "maps");
  return builder.build(
    [{ name: "image", shape: ["n", inputs, "y", "x"] }],
    [{ name: maps, shape: ["n", outputs, "y", "x"] }],
  );
}

/** log(1 + strength·x) / log(1 + strength), 0 below 0. */
function compressed(builder: GraphBuilder, x: string, strength: number): string {
  const positive = builder.add("Relu", [x], {}, "light");
  const scaled = builder.add("Mul", [positive, builder.scalar(strength)], {}, "light_scaled");
  const logarithm = builder.add(
    "Log",
    [builder.add("Add", [scaled, builder.scalar(1)], {}, "light_raised")],
    {},
    "light_log",
  );
  return builder.add("Mul", [logarithm, builder.scalar(1 / Math.log1p(strength))], {}, "dim");
}

/** Convolution 3×3, batch normalisation, ReLU. */
function block(
  builder: GraphBuilder,
  x: string,
  from: number,
  to: number,
  name: string,
  random: Random,
): string {
  const y = convolution(builder, x, from, to, 3, name, random, false);
  const constant = (value: number, what: string) =>
    builder.weight(floats(new Float32Array(to).fill(value), [to]), `${name}_${what}`);
  const inputs = [
    y,
    constant(1, "scale"),
    constant(0, "shift"),
    constant(0, "mean"),
    constant(1, "variance"),
  ];
  const normalized = builder.add("BatchNormalization", inputs, { epsilon: 1e-5 }, `${name}_norm`);
  return builder.add("Relu", [normalized], {}, `${name}_relu`);
}

/** Convolution that keeps the size, kernel from N(0, 2 / fan-in); a bias where no batch normalisation follows. */
function convolution(
  builder: GraphBuilder,
  x: string,
  from: number,
  to: number,
  size: number,
  name: string,
  random: Random,
  bias: boolean,
): string {
  const fanIn = from * size * size;
  const kernel = new Float32Array(to * fanIn).map(() => normal(random) * Math.sqrt(2 / fanIn));
  const inputs = [x, builder.weight(floats(kernel, [to, from, size, size]), `${name}_kernel`)];
  if (bias) inputs.push(builder.weight(floats(new Float32Array(to), [to]), `${name}_bias`));
  const margin = (size - 1) / 2;
  const attributes = { kernel_shape: [size, size], pads: [margin, margin, margin, margin] };
  return builder.add("Conv", inputs, attributes, `${name}_conv`);
}

/** Doubles height and width by repeating pixels. */
function twice(builder: GraphBuilder, x: string, depth: number): string {
  const scales = builder.weight(floats([1, 1, 2, 2], [4]), "twice");
  const nearest = {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  };
  return builder.add("Resize", [x, "", scales], nearest, `up_${depth}`);
}
