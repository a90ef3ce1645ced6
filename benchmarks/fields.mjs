// The fields of deepcell2016/train, and how they are split: every field is a test field once, and fields with equal pixels
// (data/README.md) are always on one side, also across nuclei and cytoplasm, which share nuclear channels.

/** @typedef {"phase" | "nuclear"} Channel */

/**
 * What is compared, by kind of cell. `network` trains for it, `published` is the 2016 ensemble of it, which has learnt from
 * these very fields. `margin`: pixels where the published networks give no answer; `minArea`: less is no cell, as
 * paper-method §10.2 has it.
 */
export const kinds = {
  nuclei: {
    network: "nuclei",
    published: "nuclear",
    margin: 30,
    minArea: 20,
    fields: sets("nuclei", 9),
  },
  hela: {
    network: "cytoplasm",
    published: "hela",
    margin: 30,
    minArea: 50,
    fields: [...sets("hela", 5), "parity-hela"],
  },
  "3t3": {
    network: "cytoplasm",
    published: "3t3",
    margin: 30,
    minArea: 50,
    fields: sets("3t3", 3),
  },
  mcf10a: {
    network: "cytoplasm",
    published: "mcf10a",
    margin: 30,
    minArea: 50,
    fields: sets("mcf10a", 1),
  },
  raw264: { network: "cytoplasm", margin: 30, minArea: 50, fields: sets("raw264", 3) },
  ecoli: {
    network: "bacteria",
    published: "ecoli",
    margin: 15,
    minArea: 5,
    fields: sets("ecoli", 2),
  },
  "ecoli-kc": { network: "bacteria", margin: 15, minArea: 5, fields: sets("ecoli-kc", 2) },
};

/**
 * What is trained: the preset, its channels, the data folders under deepcell2016/train, the folds (fields left out, one
 * network each) and the shipped model of that name.
 */
export const networks = {
  nuclei: {
    preset: "nuclei",
    shipped: "nuclei",
    channels: /** @type {Channel[]} */ (["nuclear"]),
    datasets: ["nuclei"],
    // 1 and 3 are one field and hela/set1; 6 is 3t3/set2; 9 is mcf10a/set1.
    folds: [
      ["nuclei/set1", "nuclei/set3", "nuclei/set4"],
      ["nuclei/set6", "nuclei/set2", "nuclei/set8"],
      ["nuclei/set9", "nuclei/set5", "nuclei/set7"],
    ],
  },
  cytoplasm: {
    preset: "cytoplasm-phase",
    shipped: "cytoplasm-phase",
    channels: /** @type {Channel[]} */ (["phase", "nuclear"]),
    datasets: ["3t3", "hela", "mcf10a", "raw264"],
    folds: [
      ["hela/set1", "hela/set2", "3t3/set1", "raw264/set1"],
      ["hela/set3", "hela/set4", "3t3/set2", "raw264/set2"],
      ["hela/set5", "mcf10a/set1", "3t3/set3", "raw264/set3"],
    ],
  },
  bacteria: {
    preset: "bacteria-phase",
    shipped: "bacteria-phase",
    channels: /** @type {Channel[]} */ (["phase"]),
    datasets: ["ecoli", "ecoli-kc"],
    folds: [["ecoli/set1"], ["ecoli/set2"], ["ecoli-kc/set1"], ["ecoli-kc/set2"]],
  },
};

/** Fields that the shipped model of a network has not learnt from either. */
export const unseenByShipped = {
  nuclei: kinds.nuclei.fields,
  cytoplasm: ["parity-hela"],
  bacteria: /** @type {string[]} */ ([]),
};

/**
 * Which fold's network has not seen a field, from 0. A field outside the training data was seen by none: it gets the first.
 *
 * @param {keyof typeof networks} network
 * @param {string} field
 */
export function foldOf(network, field) {
  const fold = networks[network].folds.findIndex((fields) => fields.includes(field));
  return Math.max(0, fold);
}

/** Where a field lies in the data folder. @param {string} field */
export function pathOf(field) {
  return field.startsWith("parity") ? `deepcell2016/${field}` : `deepcell2016/train/${field}`;
}

/** @param {string} cells @param {number} count */
function sets(cells, count) {
  return Array.from({ length: count }, (_, i) => `${cells}/set${i + 1}`);
}
