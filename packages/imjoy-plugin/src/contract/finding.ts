/**
 * Models, and the cells of an image: shapes, types, outlines, tables, progress.
 *
 * @module
 */
import { writeNdArray } from "../service/wire.js";
import { type ContractPart, countOf, fine, must, mustEqual, numbersOf } from "./subject.js";

/** What is promised of `list_models` and `segment`. */
export const finding: readonly ContractPart[] = [
  {
    name: "list_models: each has an id, a name, its channels, and says what it needs and can",
    check: async ({ verbs, model }) => {
      const models = (await verbs.list_models()) as Record<string, unknown>[];
      must(Array.isArray(models), "list_models must answer a list", models);
      for (const one of models) {
        must(
          typeof one.id === "string" && typeof one.name === "string",
          "id and name are text",
          one,
        );
        must(Array.isArray(one.channels) && one.channels.length > 0, "channels is a list", one);
        must(typeof one.needs_seeds === "boolean", "needs_seeds is true or false", one);
        must(typeof one.can_learn === "boolean", "can_learn is true or false", one);
      }
      must(
        models.some(({ id }) => id === model),
        `list_models must have ${model}`,
      );
    },
  },
  {
    name: "segment: labels of the image's shape, 16 bits, as many as count says",
    check: async ({ call, given, image, model }) => {
      const answer = fine(await call("segment", given, { model }));
      const labels = numbersOf(answer.labels, "labels", image.shape, "uint16");
      must(Number(answer.count) >= 2, "at least two cells must be found", answer.count);
      mustEqual(countOf(labels), answer.count, "the number of labels");
      mustEqual(answer.axes, "yx", "axes");
      mustEqual(answer.model, model, "model");
      must(typeof answer.seconds === "number", "seconds is a number", answer.seconds);
      must(typeof answer.request_id === "string", "request_id is text", answer.request_id);
    },
  },
  {
    name: "segment: the same cells again, in the type that is asked for, by one object too",
    check: async ({ call, given, image, model }) => {
      const plain = fine(await call("segment", given, { model }));
      const wanted = Array.from(numbersOf(plain.labels, "labels", image.shape, "uint16"));
      for (const labels of ["uint32", "int32", "float32"]) {
        const named = fine(await call("segment", { image: given, options: { model, labels } }));
        const found = numbersOf(named.labels, "labels", image.shape, labels);
        must(
          wanted.every((value, i) => value === found[i]),
          `labels as ${labels} must be those as uint16`,
        );
      }
    },
  },
  {
    name: "segment: a stack is found plane by plane",
    check: async ({ call, image, model, wire }) => {
      const [height, width] = image.shape;
      const data = new Uint8Array(2 * image.data.length);
      data.set(image.data);
      data.set(image.data, image.data.length);
      const stack = writeNdArray(data, [2, height, width], wire);
      const answer = fine(await call("segment", stack, { model }));
      mustEqual(answer.axes, "zyx", "axes");
      numbersOf(answer.labels, "labels", [2, height, width], "uint16");
    },
  },
  {
    name: "segment: outlines and a table on request, a row a cell",
    check: async ({ call, given, model }) => {
      const outputs = ["polygons", "table"];
      const answer = fine(await call("segment", given, { model, outputs }));
      const { polygons, polygon_labels: numbers, table } = answer;
      must(answer.labels === undefined, "labels that nobody asked for must not cross");
      must(Array.isArray(polygons) && Array.isArray(numbers), "polygons and their labels", answer);
      mustEqual(polygons.length, numbers.length, "the number of polygons");
      must(
        polygons.every((corners) => corners.length >= 3 && corners[0].length === 2),
        "a polygon is a list of at least three corners [x, y]",
      );
      const columns = Object.values(table as Record<string, unknown[]>);
      must(columns.length > 2, "a table has columns", table);
      for (const column of columns) mustEqual(column.length, answer.count, "rows of the table");
    },
  },
  {
    name: "on_progress: shares grow to 1 and bear the request's id",
    check: async ({ call, given, model }) => {
      const told: { request_id: string; share: number }[] = [];
      const on_progress = (progress: (typeof told)[number]) => void told.push(progress);
      fine(await call("segment", given, { model, request_id: "told", on_progress }));
      // News may come after the answer that they were sent before.
      for (let n = 0; n < 100 && told.at(-1)?.share !== 1; n++) await Promise.resolve();
      must(told.length > 0, "on_progress must be called");
      const shares = told.map(({ share }) => share);
      mustEqual(
        shares,
        [...shares].sort((a, b) => a - b),
        "the shares",
      );
      mustEqual(shares.at(-1), 1, "the last share");
      mustEqual([...new Set(told.map((one) => one.request_id))], ["told"], "the request's id");
    },
  },
];
