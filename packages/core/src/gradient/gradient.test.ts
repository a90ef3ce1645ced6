import { testedOperators, testGradients } from "@cellwright/testing";
import { expect, test } from "vitest";
import { referenceEngine } from "../reference/engine.js";
import { TRAINABLE_OPERATORS } from "./backward.js";

testGradients(referenceEngine);

test("every operator that can be trained has its gradient tested", () => {
  expect(testedOperators).toEqual([...TRAINABLE_OPERATORS].sort());
});
