// AP by number of annotated cells, from scratch and fine-tuned.
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { grouped, meanOf, spread, table } from "./table.mjs";

/** @param {any[]} rows of learning-curve */
export function learningCurve(rows) {
  const sections = {};
  const plots = {};
  for (const [domain, own] of grouped(rows, ({ key }) => key.domain)) {
    const cells = [...new Set(own.map(({ key }) => key.cells))]
      .filter((n) => n > 0)
      .sort((a, b) => a - b);
    const starts = ["untouched", "scratch", "fine-tuned"];
    const ap = (
      /** @type {string} */ start,
      /** @type {number} */ count,
      /** @type {number} */ i,
    ) =>
      own
        .filter(({ key }) => key.start === start && key.cells === count)
        .map(({ fields }) => total(fields).ap[i]);
    const line = (/** @type {string} */ start, /** @type {number} */ count) => [
      start,
      `${count}`,
      spread(ap(start, count, 0)),
      spread(ap(start, count, 5)),
      `${ap(start, count, 0).length}`,
      minutes(own.filter(({ key }) => key.start === start && key.cells === count)),
    ];
    const header = ["start", "cells", "AP@0.5", "AP@0.75", "seeds", "minutes to train"];
    sections[`learning-curve-${domain}`] = table([
      header,
      line("untouched", 0),
      ...cells.flatMap((count) => [line("scratch", count), line("fine-tuned", count)]),
    ]);
    const at = [0, ...cells];
    plots[`learning-curve-${domain}`] = drawChart({
      title: `Learning curve, ${domain}: pooled AP on fields of their own`,
      kind: "lines",
      x: "annotated cells",
      y: "AP@0.5",
      range: [0, 1],
      places: at.map((count) => `${count}`),
      series: ["scratch", "fine-tuned"].map((start) => {
        const lists = at.map((count) =>
          ap(count === 0 && start === "fine-tuned" ? starts[0] : start, count, 0),
        );
        return {
          name: start,
          values: lists.map((list) => (list.length > 0 ? meanOf(list) : undefined)),
          dots: lists,
        };
      }),
    });
  }
  return { sections, plots };
}

function minutes(rows) {
  const seconds = rows.flatMap(({ trainSeconds }) => trainSeconds ?? []);
  return seconds.length === 0 ? "–" : (meanOf(seconds) / 60).toFixed(1);
}
