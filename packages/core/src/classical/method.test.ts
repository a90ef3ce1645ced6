import { expect, test } from "vitest";
import { countLabels } from "../labels.js";
import { synthBacteria } from "../synth/bacteria.js";
import { synthNuclei } from "../synth/nuclei.js";
import { classicalModel, classicalNames, runClassical } from "./method.js";

const images = {
  "classical-nuclei": synthNuclei({ height: 128, width: 128, seed: 1 }).image,
  "classical-bacteria": synthBacteria({ height: 128, width: 128, seed: 1, diameter: 12 }).image,
};

test("each method has a card, says its numbers, and finds cells", () => {
  expect(classicalNames).toEqual(Object.keys(images));
  for (const [name, image] of Object.entries(images)) {
    const card = classicalModel(name);
    expect(card).toMatchObject({ name, channels: [name.endsWith("nuclei") ? "nuclear" : "phase"] });
    expect(Object.values(card?.parameters ?? {}).every(Number.isFinite)).toBe(true);
    expect(countLabels(runClassical(name, image))).toBeGreaterThan(3);
  }
});

test("the cells' diameter sets what goes with it, within what can be", () => {
  const parameters = (name: string, diameter: number) =>
    classicalModel(name, { diameter })?.parameters;
  expect(parameters("classical-nuclei", 30)).toMatchObject({ window: 15, waist: 0.05 });
  expect(parameters("classical-bacteria", 20)).toMatchObject({ width: 10 });
  expect(parameters("classical-bacteria", 1)).toMatchObject({ width: 2 });
  const image = images["classical-bacteria"];
  const sized = (diameter: number) => runClassical("classical-bacteria", image, { diameter }).data;
  expect(sized(20)).not.toEqual(sized(30));
});

test("a name that is no method is none", () => {
  expect(classicalModel("nuclei")).toBeUndefined();
  expect(classicalModel("toString")).toBeUndefined();
  expect(() => runClassical("nuclei", images["classical-nuclei"])).toThrow(
    'method must be one of classical-nuclei, classical-bacteria, got "nuclei"',
  );
});
