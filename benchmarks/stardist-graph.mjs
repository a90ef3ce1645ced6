// A graph of StarDist's architecture (Schmidt et al. 2018; the defaults of its 2D networks for fluorescent nuclei): two
// convolutions and a halving for the grid of 2, a U-Net three levels deep with 32, 64, 128 and 256 features, a last layer
// of 128, then a probability and 32 distances. Weights are random: it is run for its time, not for its cells.
import { floats, seeded } from "../packages/core/dist/index.js";
import { GraphBuilder } from "../packages/core/dist/network.js";

/** The graph: `image` `[n, 1, y, x]`, lengths multiples of 16, to `maps` `[n, 33, y / 2, x / 2]`. */
export function stardistGraph() {
  const builder = new GraphBuilder();
  const random = seeded(1);
  let count = 0;
  const conv = (x, from, to, size, rectify = true) => {
    const name = `conv_${count++}`;
    const scale = Math.sqrt(2 / (from * size * size));
    const kernel = Float32Array.from(
      { length: to * from * size * size },
      () => (random() * 2 - 1) * scale,
    );
    const weights = builder.weight(floats(kernel, [to, from, size, size]), `${name}_w`);
    const bias = builder.weight(floats(new Float32Array(to), [to]), `${name}_b`);
    const edge = (size - 1) / 2;
    const value = builder.add("Conv", [x, weights, bias], {
      kernel_shape: [size, size],
      pads: [edge, edge, edge, edge],
    });
    return rectify ? builder.add("Relu", [value], {}) : value;
  };
  const halved = (x) => builder.add("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] });
  const doubled = (x, n) =>
    builder.add("Resize", [x, "", builder.weight(floats([1, 1, 2, 2], [4]), `twice_${n}`)], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
  let x = halved(conv(conv("image", 1, 32, 3), 32, 32, 3));
  let channels = 32;
  const shortcuts = [];
  for (const width of [32, 64, 128]) {
    x = conv(conv(x, channels, width, 3), width, width, 3);
    shortcuts.push([x, width]);
    channels = width;
    x = halved(x);
  }
  x = conv(conv(x, 128, 256, 3), 256, 128, 3);
  channels = 128;
  for (const [n, [shortcut, width]] of shortcuts.reverse().entries()) {
    x = builder.add("Concat", [doubled(x, n), shortcut], { axis: 1 });
    const next = n === 2 ? width : width / 2;
    x = conv(conv(x, channels + width, width, 3), width, next, 3);
    channels = next;
  }
  const features = conv(x, channels, 128, 3);
  const probability = builder.add("Sigmoid", [conv(features, 128, 1, 1, false)], {});
  const distances = conv(features, 128, 32, 1, false);
  const maps = builder.add("Concat", [probability, distances], { axis: 1 }, "maps");
  return builder.build(
    [{ name: "image", shape: ["n", 1, "y", "x"] }],
    [{ name: maps, shape: ["n", 33, "y2", "x2"] }],
  );
}
