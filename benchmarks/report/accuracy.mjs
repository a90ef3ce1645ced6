// Our networks against the published ensembles: a table by kind of cell, and one by field.
import { kinds } from "../fields.mjs";
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { grouped, meanOf, number, table } from "./table.mjs";

/** Methods and what a reader must know of each. */
const methods = {
  published: "published, seen",
  folds: "ours, unseen",
  shipped: "shipped, unseen",
  half: "ours, other half seen",
  "published on the half": "published, seen",
};

const header = [
  "paper JI",
  "DI",
  "JI, insides",
  "scored",
  "F1@0.5",
  "F1@0.75",
  "mean IoU",
  "true",
  "found",
  "kMAC/px",
];

/** @param {any[]} rows of against-published */
export function accuracy(rows) {
  const ofKind = [];
  const chart = { places: /** @type {string[]} */ ([]), published: [], ours: [] };
  for (const [kind, own] of grouped(rows, ({ key }) => key.kind)) {
    const whole = own.filter(({ key }) => !/parity|half/.test(`${key.field} ${key.method}`));
    const fields = new Set(whole.map(({ key }) => key.field)).size;
    const sums = grouped(whole, ({ key }) => key.method);
    for (const [method, list] of sums)
      ofKind.push([
        `${kind}, ${list.length} of ${fields} fields: ${methods[method]}`,
        ...cells(list),
      ]);
    chart.places.push(kind);
    // The shipped network where it has seen none of the fields either, so that no folds are needed.
    for (const [name, list] of [
      ["published", sums.get("published")],
      ["ours", sums.get("folds") ?? sums.get("shipped")],
    ])
      chart[name].push(list ? total(list).f1[5] : undefined);
    for (const row of own.filter(({ key }) => /parity|half/.test(`${key.field} ${key.method}`)))
      ofKind.push([`${row.key.field}: ${fieldMethod(row)}`, ...cells([row])]);
  }
  const byField = rows.map((row) => [row.key.field, fieldMethod(row), ...cells([row])]);
  return {
    sections: {
      "accuracy-kinds": table([["cells, method", ...header], ...ofKind]),
      "accuracy-fields": table([
        ["field", "method", ...header],
        ...byField.sort((a, b) => order(a) - order(b)),
      ]),
    },
    plots: [...chart.published, ...chart.ours].some(Number.isFinite)
      ? {
          "accuracy-kinds": drawChart({
            title: "Cells found with an IoU of 0.75 or more, all fields of a kind pooled",
            kind: "bars",
            x: "kind of cell",
            y: "F1@0.75",
            range: [0, 1],
            places: chart.places,
            series: [
              { name: "published (fields seen)", values: chart.published },
              { name: "ours (fields unseen)", values: chart.ours },
            ],
          }),
        }
      : {},
  };
}

function fieldMethod({ key }) {
  const said = methods[key.method];
  return key.field === "parity-hela" ? said.replace(", seen", ", unseen") : said;
}

/**
 * The paper's indices of some rows, for the published cytoplasm networks without cells that have no nucleus, as in the paper.
 *
 * @param {any[]} rows of against-published
 */
export function paperOf(rows) {
  const sum = total(rows);
  return rows.some(({ paperWithNuclei }) => paperWithNuclei) ? sum.paperWithNuclei : sum.paper;
}

function cells(rows) {
  const sum = total(rows);
  const paper = paperOf(rows);
  return [
    number(paper.jaccard),
    number(paper.dice),
    number(sum.paperInside.jaccard),
    `${paper.cells}`,
    number(sum.f1[0]),
    number(sum.f1[5]),
    number(sum.meanIou),
    `${sum.true}`,
    `${sum.found}`,
    `${Math.round(meanOf(rows.map((row) => row.multiplyAddsPerPixel)) / 1000)}`,
  ];
}

/** Where a field stands in the list of fields. */
function order([field]) {
  const all = Object.values(kinds).flatMap((kind) => kind.fields);
  const at = all.indexOf(field);
  return at < 0 ? all.length : at;
}
