// docs/paper.md: what is made of found cells: growth, types and sizes; and what it costs to teach and to correct.
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { theirs } from "./paper-theirs.mjs";
import { grouped, meanOf, number, spread, table } from "./table.mjs";

const methods = {
  truth: "true masks",
  ours: "ours",
  published: "theirs",
};

/** Tracks, growth curves and doubling times of made-up colonies. @param {any[]} rows */
export function growthParts(rows) {
  const all = [...grouped(rows, ({ key }) => key.method)];
  const sum = (list, of) => list.reduce((total, row) => total + of(row), 0);
  const told = [
    "the paper's movie, as told",
    "–",
    `${theirs.jumps[1]}`,
    jumped(theirs.jumps),
    ...["–", "–", "–"],
  ];
  const tracks = all.map(([method, list]) => [
    methods[method],
    `${sum(list, (row) => row.tracks)}`,
    `${sum(list, (row) => row.links)}`,
    jumped([sum(list, (row) => row.jumps), sum(list, (row) => row.links)]),
    ...(list[0].tra === undefined
      ? ["–", "–", "–"]
      : [
          number(meanOf(list.map((row) => row.tra))),
          number(meanOf(list.map((row) => row.det))),
          `${sum(list, (row) => row.divisions.truePositives)} of ${sum(list, (row) => row.divisions.truePositives + row.divisions.falseNegatives)}, ${sum(list, (row) => row.divisions.falsePositives)} false`,
        ]),
  ]);
  const doublings = (list) => list.flatMap((row) => row.doublings);
  const times = all.map(([method, list]) => {
    const [low, middle, high] = quartilesOf(doublings(list));
    const divisions = list.flatMap((row) => row.divisionTimes);
    const covered = (rows) => sum(rows, (row) => row.area.reduce((a, b) => a + b, 0));
    return [
      methods[method],
      `${((100 * covered(list)) / covered(all[0][1])).toFixed(0)} %`,
      `${doublings(list).length}`,
      middle.toFixed(1),
      `${low.toFixed(1)} … ${high.toFixed(1)}`,
      `${divisions.length}`,
      meanOf(divisions).toFixed(1),
    ];
  });
  const low = Math.floor(Math.min(...doublings(rows)) / 10);
  const high = Math.floor(Math.max(...doublings(rows)) / 10);
  const bins =
    rows.length === 0 ? [] : Array.from({ length: high - low + 1 }, (_, i) => (low + i) * 10);
  const shown = rows.filter(({ key }) => key.seed === rows[0]?.key.seed);
  const frames = rows[0]?.key.frames ?? 0;
  const minutes = (rows[0]?.key.interval ?? 0) / 60;
  return {
    sections: {
      "paper-growth": table([
        ["", "tracks", "links", "area jumps by > 30 %", "TRA", "DET", "divisions found"],
        told,
        ...tracks,
      ]),
      "paper-doubling": table([
        [
          "",
          "area, of the true",
          "cells",
          "doubling time, min: median",
          "middle half",
          "divisions to division",
          "mean time between, min",
        ],
        ...times,
      ]),
    },
    plots:
      rows.length === 0
        ? {}
        : {
            "paper-growth": drawChart({
              title: "A colony's area against its last frame: straight where growth is steady",
              kind: "lines",
              x: "minutes",
              y: "doublings before the end",
              range: [-3.2, 0.2],
              places: Array.from({ length: frames }, (_, t) =>
                t % 6 === 0 ? `${t * minutes}` : "",
              ),
              series: shown.map(({ key, area }) => ({
                name: methods[key.method],
                values: area.map((value) => Math.log2(value / area.at(-1))),
              })),
            }),
            "paper-doubling": drawChart({
              title: "Doubling times of single cells",
              kind: "bars",
              x: "minutes, from … up to 10 more",
              y: "cells",
              places: bins.map((bin) => `${bin}`),
              series: all.map(([method, list]) => ({
                name: methods[method],
                values: bins.map(
                  (bin) =>
                    doublings(list).filter((time) => Math.floor(time / 10) * 10 === bin).length,
                ),
              })),
            }),
          },
  };
}

function jumped([jumps, links]) {
  return `${jumps} = ${((100 * jumps) / links).toFixed(2)} %`;
}

/** A quarter, half and three quarters of the values are below these. */
function quartilesOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
}

/** How large cells of either type are in the co-culture. @param {any[]} rows */
export function sizeParts(rows) {
  const types = { "3t3": "NIH-3T3", mcf10a: "MCF10A" };
  const area = (pixels) => pixels * 0.65 ** 2;
  const lines = rows.flatMap((row) =>
    Object.entries(types).map(([type, name]) => [
      `${row.key.method === "ours" ? "ours" : "their networks"}: ${name}`,
      `${row[type].cells}`,
      ...row[type].quartiles.map((pixels) => area(pixels).toFixed(0)),
    ]),
  );
  return {
    sections: {
      "paper-sizes": table([
        ["", "cells", "a quarter is below, µm²", "half", "three quarters"],
        ...lines,
      ]),
    },
  };
}

/** Types in the co-culture, of the cells that each finds. @param {any[]} rows of coculture */
export function paperTypes(rows) {
  const share = ([right, cells]) => `${right}/${cells} = ${((100 * right) / cells).toFixed(1)} %`;
  const line = (name, counts) => [
    name,
    ...["3t3", "mcf10a"].map((type) => share(counts[type])),
    share(
      ["3t3", "mcf10a"].reduce(
        ([a, b], type) => [a + counts[type][0], b + counts[type][1]],
        [0, 0],
      ),
    ),
  ];
  const pairs = (counts) =>
    Object.fromEntries(
      Object.entries(counts).map(([type, { right, cells }]) => [type, [right, cells]]),
    );
  const names = { ours: "ours", published: "their network, run here" };
  const lines = rows.flatMap(({ key, nuclei, cells }) => [
    line(`${names[key.method]}, of its own cells`, pairs(cells.all)),
    line(`${names[key.method]}, of the same nuclei`, pairs(nuclei.all)),
  ]);
  const header = ["", "NIH-3T3", "MCF10A", "both"];
  return {
    sections: {
      "paper-types": table([
        header,
        line("the authors' notebook, as told", theirs.types),
        ...lines,
      ]),
    },
  };
}

/** The rules with a figure of theirs. @param {any[]} rows of design-rules */
export function paperRules(rows) {
  const own = rows.filter(({ key }) => key.domain === "bacteria");
  const of = (rule) => own.filter(({ key }) => key.rule === rule);
  const error = (rule) => spread(of(rule).map(({ pixelAccuracy }) => 1 - pixelAccuracy));
  const ways = {
    base: "batch normalisation, SGD",
    "batch norm": "without it, RMSprop (ours: Adam)",
    "multi-resolution": "batch normalisation and several resolutions",
  };
  const lines = Object.entries(ways).map(([rule, name]) => [
    name,
    theirs.errors[rule].toFixed(4),
    error(rule),
    `${of(rule).length}`,
  ]);
  return {
    sections: {
      "paper-rules": table([
        ["network", "theirs: HeLa, pixels wrong", "ours: *E. coli*, pixels wrong", "seeds of ours"],
        ...lines,
      ]),
    },
  };
}

/** How few annotated cells do. @param {any[]} rows of learning-curve */
export function paperLearning(rows) {
  const own = rows.filter(({ key }) => key.domain === "nuclei");
  const ap = (start, cells) => {
    const list = own.filter(({ key }) => key.start === start && key.cells === cells);
    return spread(list.map(({ fields }) => total(fields).ap[0]));
  };
  const counts = [...new Set(own.map(({ key }) => key.cells))]
    .filter(Boolean)
    .sort((a, b) => a - b);
  const lines = counts.map((cells) => [`${cells}`, ap("scratch", cells), ap("fine-tuned", cells)]);
  return {
    sections: {
      "paper-learning": table([
        ["annotated nuclei", "from scratch: AP@0.5", "from `nuclei`"],
        ["0", "–", ap("untouched", 0)],
        ...lines,
      ]),
    },
  };
}

/** Strokes to correct what was found. @param {any[]} rows of curation */
export function paperCuration(rows) {
  const sets = { dsb2018: "held-back nuclei of 2018", paper2016: "nuclei of the paper" };
  const groups = grouped(
    rows,
    ({ key }) =>
      `${sets[key.set]}${key.learnt ? `, after learning from ${key.learnt} fields` : ""}`,
  );
  const goals = [0.5, 0.75, 0.9];
  const lines = [...groups].map(([name, list]) => [
    name,
    `${list[0].cells}`,
    ...goals.map((goal) => {
      const row = list.find(({ key }) => key.goal === goal);
      return row ? row.strokesPer100Cells.toFixed(0) : "–";
    }),
  ]);
  const header = [
    "",
    "cells",
    ...goals.map((goal) => `strokes for 100 cells, right from IoU ${goal}`),
  ];
  return { sections: { "paper-curation": table([header, ...lines]) } };
}
