// docs/paper.md: what the 2016 paper reports, its networks run by us, and ours, side by side. What is theirs stands in `theirs`.
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { paperOf } from "./accuracy.mjs";
import { growthParts, sizeParts } from "./paper-cells.mjs";
import { theirs } from "./paper-theirs.mjs";
import { grouped, number, spread, table } from "./table.mjs";

const names = {
  nuclei: "nuclei",
  ecoli: "*E. coli*",
  hela: "HeLa-S3",
  "3t3": "NIH-3T3",
  mcf10a: "MCF10A",
  raw264: "RAW 264.7",
};

/**
 * The paper's index, and F1, by kind of cell: as told, by the published networks, by ours.
 *
 * @param {any[]} rows of against-published
 */
export function paperAccuracy(rows) {
  const whole = rows.filter(({ key }) => !/parity|half/.test(`${key.field} ${key.method}`));
  const sums = Object.keys(names).map((kind) => {
    const methods = grouped(
      whole.filter(({ key }) => key.kind === kind),
      ({ key }) => key.method,
    );
    return {
      kind,
      theirs: methods.get("published"),
      ours: methods.get("folds") ?? methods.get("shipped"),
    };
  });
  const lines = sums.map((sum) => [
    names[sum.kind],
    theirs.jaccard[sum.kind] ?? "–",
    ...scores(sum.theirs),
    ...scores(sum.ours),
  ]);
  const parity = rows.filter(({ key }) => key.field === "parity-hela");
  const of = (/** @type {string} */ method) => parity.filter(({ key }) => key.method === method);
  lines.push([
    "HeLa-S3, held back",
    theirs.parity.split("\u00a0")[0],
    ...scores(of("published")),
    ...scores(of("shipped")),
  ]);
  const header = [
    "cells",
    "JI as told",
    "their networks: JI",
    "DI",
    "F1@0.5",
    "ours: JI",
    "DI",
    "F1@0.5",
  ];
  const bars = [
    ["JI: theirs", "theirs", (list) => paperOf(list).jaccard],
    ["JI: ours", "ours", (list) => paperOf(list).jaccard],
    ["F1: theirs", "theirs", (list) => total(list).f1[0]],
    ["F1: ours", "ours", (list) => total(list).f1[0]],
  ];
  return {
    sections: {
      "paper-accuracy": table([header, ...lines]),
      "paper-density": densities(whole.filter(({ key }) => key.kind === "hela")),
    },
    plots: {
      "paper-accuracy": drawChart({
        title: "The paper's index and F1; theirs have seen the fields, ours not",
        kind: "bars",
        x: "kind of cell",
        y: "JI, F1@0.5",
        range: [0, 1],
        places: sums.map(({ kind }) => names[kind].replaceAll("*", "")),
        series: bars.map(([name, who, of]) => ({
          name,
          values: sums.map((sum) => (sum[who] ? of(sum[who]) : undefined)),
        })),
      }),
    },
  };
}

/** JI, DI and F1 of some rows. */
function scores(rows) {
  if (!rows) return ["–", "–", "–"];
  const { jaccard, dice } = paperOf(rows);
  return [number(jaccard), number(dice), number(total(rows).f1[0])];
}

/** HeLa fields by how many cells a square millimetre holds. Judged: 600 pixels of 0.65 µm a side, less 30 on each. */
function densities(rows) {
  const area = ((600 - 60) * 0.65e-3) ** 2;
  const fields = [...grouped(rows, ({ key }) => key.field)].map(([field, list]) => {
    const by = (/** @type {string} */ method) => list.filter(({ key }) => key.method === method);
    return { field, density: list[0].true / area, theirs: by("published"), ours: by("folds") };
  });
  const lines = fields
    .sort((a, b) => a.density - b.density)
    .map((one) => [one.field, one.density.toFixed(0), ...scores(one.theirs), ...scores(one.ours)]);
  const header = [
    "field",
    "cells a mm²",
    "their networks: JI",
    "DI",
    "F1@0.5",
    "ours: JI",
    "DI",
    "F1@0.5",
  ];
  return table([header, ...lines]);
}

/**
 * What only benchmarks/paper.mjs measures.
 *
 * @param {any[]} rows of paper
 * @param {(record: string) => any[]} others the rows of another record
 */
export function paperOwn(rows, others) {
  const of = (/** @type {string} */ part) => rows.filter(({ key }) => key.part === part);
  const parts = { ...networkSizes(of("networks")), ...maskParts(of("masks")) };
  const growth = growthParts(of("growth"));
  const size = sizeParts(of("sizes"));
  return {
    sections: {
      ...parts,
      "paper-classical": classicalTable(of("classical"), others("against-published")),
      ...growth.sections,
      ...size.sections,
    },
    plots: growth.plots,
  };
}

function networkSizes(rows) {
  const lines = rows.map(({ key, weights, patchMultiplyAdds, denseMultiplyAdds }) => [
    `${key.patch} × ${key.patch}${key.multires ? ", several resolutions" : ""}; ${key.inputs} ch, ${key.outputs} classes`,
    theirs.weights[`${key.patch}${key.multires ? "m" : ""}-${key.inputs}-${key.outputs}`] ?? "–",
    thousands(weights),
    thousands(patchMultiplyAdds),
    thousands(denseMultiplyAdds),
    `${Math.round(patchMultiplyAdds / denseMultiplyAdds)}`,
  ]);
  const header = [
    "network",
    "numbers: theirs",
    "ours",
    "MAC a pixel: a patch each",
    "dilated",
    "times less",
  ];
  return { "paper-networks": table([header, ...lines]) };
}

function maskParts(rows) {
  const whole = rows.find(({ differing }) => differing);
  const alone = rows.filter(({ key }) => !key.networks.includes(","));
  const several = rows.filter(({ key }) => key.networks.includes(","));
  const masks = whole
    ? [
        [
          "nuclear mask, pixels that differ",
          "–",
          `${whole.differing.nuclear} of ${thousands(whole.pixels)}`,
        ],
        [
          "cytoplasm mask, pixels that differ",
          "–",
          `${whole.differing.cytoplasm} of ${thousands(whole.pixels)}`,
        ],
        ["Jaccard index", theirs.parity, number(whole.jaccard)],
        ["Dice index", theirs.parityDice, number(whole.dice)],
        ["cells scored", "28", `${whole.cells}`],
      ]
    : [];
  const line = (name, told, list) => [
    name,
    told,
    spread(list.map(({ jaccard }) => jaccard)),
    spread(list.map(({ dice }) => dice)),
  ];
  const ensembles = [
    line("one, mean of the five", "–", alone),
    ...several.map((row) =>
      line(`${row.key.networks.split(",").length} together`, row === whole ? theirs.parity : "–", [
        row,
      ]),
    ),
  ];
  return {
    "paper-masks": table([
      ["the authors' HeLa field", "the authors", "imported and run here"],
      ...masks,
    ]),
    "paper-ensemble": table([
      ["networks of the HeLa ensemble", "the authors: JI", "run here: JI", "DI"],
      ...ensembles,
    ]),
  };
}

const classical = { nuclei: "`classical-nuclei`", ecoli: "`classical-bacteria`" };

/** Methods without a network beside the others; those of one kind are pooled over its fields. */
function classicalTable(rows, compared) {
  const lines = rows.flatMap(({ key, fields }) => {
    const networks = grouped(
      compared.filter((row) => row.key.kind === key.kind),
      (row) => row.key.method,
    );
    const line = (name, list) => [
      `${names[key.kind]}: ${name}`,
      ...scores(list),
      number(total(list).f1[5]),
      number(total(list).meanIou),
    ];
    const ours = networks.get("folds") ?? networks.get("shipped");
    return [
      line(classical[key.kind], fields),
      line("their networks, fields seen", networks.get("published")),
      line("ours, fields unseen", ours),
    ];
  });
  return table([["method", "paper JI", "DI", "F1@0.5", "F1@0.75", "mean IoU"], ...lines]);
}

/** A whole number in groups of three, which stay on one line. */
function thousands(value) {
  return `${Math.round(value)}`.replaceAll(/\B(?=(\d{3})+$)/g, "\u00a0");
}
