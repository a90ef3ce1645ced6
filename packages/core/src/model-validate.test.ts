import { expect, test } from "vitest";
import { cellpose, sha256, write } from "./model-package-fixture.js";
import { validateModel } from "./model-validate.js";

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape, to be spoilt
type Spoilt = any;

test("each fault of a description is told with its field", async () => {
  const cases: [string, RegExp, (d: Spoilt) => void][] = [
    ["name", /name must be 5 to 128/, (d) => (d.name = "a/b/c")],
    ["license", /license is missing: who may use it/, (d) => delete d.license],
    ["cite[0]", /doi or a url/, (d) => (d.cite = [{ text: "A" }])],
    ["covers[0]", /c\.png is missing/, (d) => (d.covers = ["c.png"])],
    ["documentation", /path inside the model/, (d) => (d.documentation = "../README.md")],
    ["outputs[0].id", /two tensors have the id raw/, (d) => (d.outputs[0].id = "raw")],
    ["inputs[0].axes[3]", /two axes of raw have the id y/, (d) => (d.inputs[0].axes[3].id = "y")],
    [
      "outputs[0].axes[2].size",
      /no other axis z of a tensor raw/,
      (d) => (d.outputs[0].axes[2].size.axis_id = "z"),
    ],
    [
      "outputs[0].axes[2].size",
      /unit must be that of raw\.y, none/,
      (d) => (d.outputs[0].axes[2].unit = "micrometer"),
    ],
    [
      "outputs[0].axes[2].halo",
      /leaves nothing of the smallest output: 16/,
      (d) => (d.outputs[0].axes[2].halo = 8),
    ],
    [
      "outputs[0].axes[2].size.offset",
      /offset must be even/,
      (d) =>
        Object.assign(d.outputs[0].axes[2], {
          halo: 2,
          size: { tensor_id: "raw", axis_id: "y", offset: -1 },
        }),
    ],
    ["inputs[0].axes[2].halo", /belongs to an output/, (d) => (d.inputs[0].axes[2].halo = 2)],
    [
      "inputs[0].test_tensor",
      /axis y must be 17 and steps of 3, is 64/,
      (d) => (d.inputs[0].axes[2].size = { min: 17, step: 3 }),
    ],
    [
      "outputs[0].test_tensor",
      /axis x must be 76, by that of raw\.x, is 80/,
      (d) => (d.outputs[0].axes[3].size.offset = -4),
    ],
    [
      "inputs[0].test_tensor.sha256",
      /is not the file/,
      (d) => (d.inputs[0].test_tensor.sha256 = "0".repeat(64)),
    ],
    [
      "inputs[0].preprocessing",
      /names an axis z/,
      (d) =>
        (d.inputs[0].preprocessing = [{ id: "zero_mean_unit_variance", kwargs: { axes: ["z"] } }]),
    ],
    [
      "outputs[0].postprocessing",
      /looks at other, which is no input/,
      (d) =>
        (d.outputs[0].postprocessing = [
          { id: "scale_mean_variance", kwargs: { reference_tensor: "other" } },
        ]),
    ],
    ["weights.onnx.parent", /must be another kind/, (d) => (d.weights.onnx.parent = "torchscript")],
    [
      "weights.onnx.opset_version",
      /whole number from 7/,
      (d) => delete d.weights.onnx.opset_version,
    ],
    ["weights", /at least one of onnx/, (d) => (d.weights = { onnx: null })],
    ["weights.pickle", /no kind of weights/, (d) => (d.weights.pickle = {})],
    [
      "weights.onnx.source",
      /not a readable ONNX file/,
      (d) => (d.weights.onnx = { source: "README.md", opset_version: 17 }),
    ],
    ["format_version", /must be 0\.5/, (d) => (d.format_version = "0.6.0")],
  ];
  for (const [field, message, spoil] of cases) {
    const files = write(cellpose, (d) => {
      const copy = structuredClone(d);
      spoil(copy);
      return copy;
    });
    const problems = await validateModel(files, sha256);
    const found = problems.filter(
      (problem) => problem.field === field && message.test(problem.message),
    );
    expect(found, `${message} in ${JSON.stringify(problems)}`).toHaveLength(1);
  }
});
