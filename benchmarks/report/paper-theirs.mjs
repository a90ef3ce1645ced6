// What the authors of the 2016 paper tell: their own figures, not measured here.

/**
 * `jaccard`: the paper's figures, at second hand and rounded; of cytoplasm one figure for all kinds. `parity`: printed by the
 * authors' notebook for the HeLa field. `errors`: read out of the vector graphics of their plots, the share of wrong pixels
 * among held-out pixels of the training images. `types` and `jumps`: printed by their notebooks, of how many. `weights`:
 * counted in their networks' code, by patch, channels and classes (m: several resolutions).
 */
export const theirs = {
  jaccard: {
    nuclei: "≈\u00a00.9",
    ecoli: "≈\u00a00.95",
    hela: "≈\u00a00.8",
    "3t3": "≈\u00a00.8",
    mcf10a: "≈\u00a00.8",
    raw264: "≈\u00a00.8",
  },
  parity: "0.834\u00a0±\u00a00.084",
  parityDice: "0.907",
  errors: { base: 0.1001, "batch norm": 0.1016, "multi-resolution": 0.0737 },
  types: { "3t3": [84, 97], mcf10a: [196, 196] },
  jumps: [62, 11924],
  weights: {
    "21-1-3": "173\u00a0803",
    "31-1-3": "403\u00a0979",
    "61-1-3": "462\u00a0891",
    "61-2-3": "463\u00a0467",
    "61-2-4": "463\u00a0668",
    "81-2-3": "537\u00a0835",
    "31m-1-3": "1\u00a0826\u00a0675",
    "61m-2-3": "16\u00a0493\u00a0955",
    "81m-2-3": "22\u00a0902\u00a0211",
  },
};
