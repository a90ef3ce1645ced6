// Types of cells in a co-culture, by method.
import { table } from "./table.mjs";

/** @param {any[]} rows of coculture */
export function coculture(rows) {
  const lines = rows.flatMap(({ key, nuclei, cells }) =>
    [
      [`${key.method}, of the same nuclei`, nuclei],
      [`${key.method}, of its own cells`, cells],
    ].map(([name, { clear, all, labels, withoutNucleus }]) => {
      const both = (counts) => share(Object.values(counts).reduce(add, { right: 0, cells: 0 }));
      return [
        name,
        share(clear["3t3"]),
        share(clear.mcf10a),
        both(clear),
        both(all),
        `${labels}`,
        `${withoutNucleus}`,
      ];
    }),
  );
  const header = [
    "method",
    "3T3, clear",
    "MCF10A, clear",
    "all clear",
    "all",
    "cells",
    "without nucleus",
  ];
  return { sections: { coculture: table([header, ...lines]) } };
}

function add(a, b) {
  return { right: a.right + b.right, cells: a.cells + b.cells };
}

function share({ right, cells }) {
  return cells === 0 ? "–" : `${right}/${cells} = ${((100 * right) / cells).toFixed(1)} %`;
}
