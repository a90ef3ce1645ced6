// The paper's design rules: what each change does, beside the base.
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { grouped, meanOf, spread, table } from "./table.mjs";

/** @param {any[]} rows of design-rules */
export function designRules(rows) {
  const sections = {};
  const plots = {};
  for (const [domain, all] of grouped(rows, ({ key }) => key.domain)) {
    // Of several lengths of training the last one measured counts.
    const { epochs, steps } = all[all.length - 1].key;
    const own = all.filter(({ key }) => key.epochs === epochs && key.steps === steps);
    const changes = grouped(
      own.filter(({ key }) => key.rule !== "dilation"),
      ({ key }) => `${key.rule}${key.value ? `: ${key.value}` : ""}`,
    );
    const lines = [...changes].map(([name, list]) => {
      const sums = list.map((row) => total([row]));
      return [
        name,
        `${list.length}`,
        spread(list.map((row) => row.pixelAccuracy)),
        spread(sums.map((sum) => sum.f1[0])),
        spread(sums.map((sum) => sum.f1[5])),
        spread(sums.map((sum) => sum.meanIou)),
        list[0].trainSeconds ? `${Math.round(meanOf(list.map((row) => row.trainSeconds)))}` : "–",
      ];
    });
    const header = [
      "changed",
      "seeds",
      "pixel accuracy",
      "F1@0.5",
      "F1@0.75",
      "mean IoU",
      "s to train",
    ];
    sections[`design-rules-${domain}`] = table([header, ...lines]);
    const f1 = (/** @type {any[]} */ list) => list.map((row) => total([row]).f1[0]);
    plots[`design-rules-${domain}`] = drawChart({
      title: `Design rules, ${domain}: one thing changed at a time`,
      kind: "bars",
      x: "changed; numbers as in the table",
      y: "F1@0.5",
      range: [0, 1],
      places: [...changes.keys()].map((_, i) => `${i + 1}`),
      series: [
        {
          name: "mean of seeds",
          values: [...changes.values()].map((list) => meanOf(f1(list))),
          dots: [...changes.values()].map(f1),
        },
      ],
    });
  }
  const forms = rows.filter(({ key }) => key.rule === "dilation");
  if (forms.length > 0)
    sections["design-rules-dilation"] = table([
      [
        "network",
        "s a megapixel: patches",
        "dilated",
        "MAC a pixel: patches",
        "dilated",
        "largest difference",
      ],
      ...forms.map(({ key, secondsPerMegapixel: s, multiplyAddsPerPixel: m, difference }) => [
        key.domain,
        ...[s.patch, s.dense, m.patch, m.dense].map((value) => `${Number(value.toPrecision(3))}`),
        difference === 0 ? "0" : difference.toExponential(1),
      ]),
    ]);
  return { sections, plots };
}
