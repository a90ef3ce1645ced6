#!/usr/bin/env node
// Writes the tables and plots of the docs from the recorded results: in docs/PAGE.md what stands between `<!-- NAME -->` and
// `<!-- /NAME -->` is replaced, plots go to docs/figures. With --print the tables go to stdout and nothing is written; with
// --check it fails where a page does not agree with the results.
//
//   node benchmarks/report.mjs [--print|--check] [--results benchmarks/results]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { accuracy } from "./report/accuracy.mjs";
import { coculture } from "./report/coculture.mjs";
import {
  compareDecoders,
  compareNuclei,
  compareSpeed,
  compareStardist,
} from "./report/compare.mjs";
import { conformance, fuzz, readingSpeed } from "./report/conformance.mjs";
import { designRules } from "./report/design-rules.mjs";
import { learningCurve } from "./report/learning-curve.mjs";
import { nucleiSize } from "./report/nuclei-size.mjs";
import { paperAccuracy, paperOwn } from "./report/paper.mjs";
import { paperCuration, paperLearning, paperRules, paperTypes } from "./report/paper-cells.mjs";
import { browser, int8, multiplyAdds, road } from "./report/speed.mjs";
import { trainingSpeed } from "./report/training-speed.mjs";
import { readRows } from "./study.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    print: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    results: { type: "string", default: join(root, "benchmarks/results") },
  },
});

/**
 * What is written where. A report takes the rows of a record, and may look at those of others; it returns Markdown by
 * section, and SVG by name.
 *
 * @type {readonly { page: string, record: string, report: (rows: any[], others: (record: string) => any[]) => { sections: Record<string, string>, plots?: Record<string, string> } }[]}
 */
const reports = [
  { page: "accuracy.md", record: "against-published", report: accuracy },
  { page: "accuracy.md", record: "nuclei-size", report: nucleiSize },
  { page: "accuracy.md", record: "coculture", report: coculture },
  { page: "compare.md", record: "nuclei-size", report: compareNuclei },
  { page: "compare.md", record: "against-stardist", report: compareStardist },
  { page: "compare.md", record: "segment", report: compareSpeed },
  { page: "compare.md", record: "decoders", report: compareDecoders },
  { page: "compare.md", record: "reading-speed", report: readingSpeed },
  { page: "compare.md", record: "training-speed", report: trainingSpeed },
  { page: "design-rules.md", record: "design-rules", report: designRules },
  { page: "learning-curve.md", record: "learning-curve", report: learningCurve },
  { page: "paper.md", record: "against-published", report: paperAccuracy },
  { page: "paper.md", record: "paper", report: paperOwn },
  { page: "paper.md", record: "coculture", report: paperTypes },
  { page: "paper.md", record: "design-rules", report: paperRules },
  { page: "paper.md", record: "learning-curve", report: paperLearning },
  { page: "paper.md", record: "curation", report: paperCuration },
  { page: "reading.md", record: "conformance", report: conformance },
  { page: "reading.md", record: "fuzz", report: fuzz },
  { page: "reading.md", record: "reading-speed", report: readingSpeed },
  { page: "speed.md", record: "road", report: road },
  { page: "speed.md", record: "multiply-adds", report: multiplyAdds },
  { page: "speed.md", record: "int8", report: int8 },
  { page: "speed.md", record: "browser", report: browser },
  { page: "training-speed.md", record: "training-speed", report: trainingSpeed },
];

for (const { page, record, report } of reports) {
  const rows = rowsOf(record);
  if (rows.length === 0) continue;
  const { sections, plots = {} } = report(rows, rowsOf);
  for (const [name, text] of Object.entries(sections)) {
    if (options.print) console.log(`## ${name}\n\n${text}\n`);
    else
      put(
        join(root, "docs", page),
        withSection(page, name, text + picture(plots, name) + origin(rows)),
      );
  }
  if (options.print) continue;
  mkdirSync(join(root, "docs/figures"), { recursive: true });
  for (const [name, svg] of Object.entries(plots))
    put(join(root, "docs/figures", `${name}.svg`), svg);
}

function rowsOf(/** @type {string} */ record) {
  return readRows(join(options.results, `${record}.jsonl`));
}

/** The page with a section replaced. */
function withSection(page, name, text) {
  const before = readFileSync(join(root, "docs", page), "utf8");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [before.indexOf(open), before.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`docs/${page} must hold ${open} and ${close}`);
  return `${before.slice(0, start + open.length)}\n${text}\n${before.slice(end)}`;
}

/** The plot of a section, under its table, with its own title for those who do not see it. */
function picture(plots, name) {
  const [, title] = /<title>(.*?)<\/title>/.exec(plots[name] ?? "") ?? [];
  return title === undefined ? "\n\n" : `\n\n![${title}](figures/${name}.svg)\n\n`;
}

/** Where and when the rows were measured. */
function origin(rows) {
  const several = (/** @type {string} */ field) =>
    [...new Set(rows.map((row) => row[field]))].filter(Boolean).join(", ");
  // Older rows do not name everything; in those of decoders `cpu` is a time.
  const named = [
    [several(rows.some((row) => row.cpu_model) ? "cpu_model" : "cpu"), ""],
    [several("cores"), " cores"],
    [several("node"), "", "Node "],
    [several("onnxruntime"), "", "ONNX Runtime "],
  ].filter(([text]) => text !== "");
  const machine = named.map(([text, after, before = ""]) => `${before}${text}${after}`).join(", ");
  const when = [several("commit") && `commit ${several("commit")}`, several("date")];
  return `*${[`${rows.length} rows`, machine, ...when].filter(Boolean).join("; ")}.*`;
}

function put(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  if (!options.check) return writeFileSync(path, text);
  console.error(`${path} does not agree with the results: run node benchmarks/report.mjs`);
  process.exitCode = 1;
}
