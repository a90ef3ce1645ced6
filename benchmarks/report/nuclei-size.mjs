// The nuclei model on held-back images: AP by IoU threshold, and by the size of the nuclei.
import { total } from "../judge.mjs";
import { drawChart } from "../plot.mjs";
import { grouped, meanOf, number, table } from "./table.mjs";

/**
 * StarDist on its own 50 test images, pooled counts, IoU 0.5 … 0.9 (a PyTorch port with its published weights, run by us;
 * notes/peers.md). Other images than ours: its numbers say what is usual, not who wins.
 */
const STARDIST = [0.8542, 0.8266, 0.7859, 0.731, 0.6822, 0.6029, 0.471, 0.3122, 0.1367];

/** @param {any[]} rows of nuclei-size */
export function nucleiSize(rows) {
  // Of several models or numbers of images the last one measured counts.
  const { model, images } = rows[rows.length - 1].key;
  const own = rows.filter(({ key }) => key.model === model && key.images === images);
  const at = (/** @type {number} */ factor, /** @type {string} */ way) =>
    own.find(({ key }) => key.factor === factor && key.way === way);
  const factors = [...new Set(own.map(({ key }) => key.factor))].sort((a, b) => a - b);
  const plain = at(1, "estimate");
  const nine = (/** @type {readonly number[]} */ ap) =>
    [...ap.slice(0, 9), meanOf(ap.slice(0, 9))].map(number);
  const thresholds = STARDIST.map((_, i) => ((50 + 5 * i) / 100).toFixed(2));
  const counts = [
    ["", ...thresholds, "mean"],
    ...(plain
      ? [[`nuclei, ${images} held-back images, pooled`, ...nine(total(plain.fields).ap)]]
      : []),
    ...(plain ? [["same, mean of images", ...nine(meanOfImages(plain.fields))]] : []),
    ["StarDist on its own 50 test images, pooled", ...nine(STARDIST)],
  ];
  const ap50 = (row) => (row ? total(row.fields).ap[0] : undefined);
  const sizes = factors.map((factor) => {
    const [estimate, as] = [at(factor, "estimate"), at(factor, "no-rescale")];
    const loss = estimate && plain ? ap50(plain) - ap50(estimate) : undefined;
    return [`${factor}`, number(ap50(estimate)), number(loss), number(ap50(as))];
  });
  const ways = grouped(own, ({ key }) => key.way);
  return {
    sections: {
      "nuclei-ap": table(counts),
      "nuclei-size": table([
        ["size of the image", "AP@0.5, size estimated", "less than at 1", "AP@0.5, as it is"],
        ...sizes,
      ]),
    },
    plots: {
      "nuclei-size": drawChart({
        title: "Held-back nuclei, images rescaled",
        kind: "lines",
        x: "size of the image, times its own",
        y: "AP@0.5, pooled",
        range: [0, 1],
        places: factors.map((factor) => `${factor}`),
        series: [...ways.keys()].map((way) => ({
          name: way,
          values: factors.map((factor) => ap50(at(factor, way))),
        })),
      }),
    },
  };
}

function meanOfImages(fields) {
  const scores = fields.map((field) => total([field]).ap);
  return scores[0].map((_, i) => meanOf(scores.map((ap) => ap[i])));
}
