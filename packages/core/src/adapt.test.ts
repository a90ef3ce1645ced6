import { expect, test } from "vitest";
import { adaptedPreset, misfitOf, presetFor } from "./adapt.js";
import { presets } from "./preset.js";

const { nuclei } = presets;
const model = {
  channels: ["nuclear"],
  maps: ["inside", "distance"],
  normalization: { kind: "none" },
  decoder: { ...nuclei.decoder, threshold: 0.4 },
  pixelSize: 0.5,
} as const;

test("the preset of a model is the first that makes models of its maps and channels", () => {
  expect(presetFor(model, presets)).toBe("nuclei");
  expect(presetFor({ ...model, channels: ["phase"] }, presets)).toBe("bacteria-phase");
  expect(presetFor({ ...model, maps: ["probability"] }, presets)).toBeUndefined();
  expect(misfitOf(nuclei, { ...model, channels: ["phase"] })).toBe("channels nuclear, has phase");
});

test("a model is trained further slowly and shortly, with its own brightness, decoder and sizes", () => {
  const adapted = adaptedPreset(nuclei, model);
  expect(adapted.rate).toBe(nuclei.rate / 4);
  expect([adapted.steps, adapted.epochs]).toEqual([25, 20]);
  expect(adapted.decoder).toEqual(model.decoder);
  expect(adapted.normalization).toEqual({ kind: "none" });
  expect(adapted.pixelSize).toBe(0.5);
  // The model says no diameter, so that its cells are taken as they are.
  expect(adapted.diameter).toBeUndefined();
  expect(adapted.augmentation).toBe(nuclei.augmentation);
});
