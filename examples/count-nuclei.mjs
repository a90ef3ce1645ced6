// An image file → its nuclei → a table, in one breath: `npm run examples` builds and runs this.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { openModel } from "@cellwright/cli";
import { bytesSource, measure, readImage, segment, writeTable } from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";

const file = process.argv[2] ?? new URL("nuclei.tif", import.meta.url);
const image = await readImage(bytesSource("nuclei.tif", await readFile(file)));
const { model } = await openModel("nuclei");
const program = await onnxEngine().load(model.graph);
const labels = await segment(image, model, program);
const table = measure(labels, image);
await mkdir(new URL("output/", import.meta.url), { recursive: true });
await writeFile(new URL("output/nuclei.csv", import.meta.url), writeTable(table));
console.log(`${table.label.length} nuclei, mean area ${mean(table.area).toFixed(0)} pixels`);

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
