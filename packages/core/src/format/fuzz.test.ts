import { damagedFiles, fuzzTargets } from "@cellwright/testing/fuzz";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";

const targets = await fuzzTargets();

/** Ten thousand of each are read by a benchmark that also watches time and memory. */
describe.each(targets)("$name", (target) => {
  test("valid files are read", async () => {
    for (const files of target.valid) await expect(target.read(files)).resolves.toBeUndefined();
  });

  test("damaged files give an image or an error of ours", async () => {
    let refused = 0;
    for (let n = 0; n < 300; n++) {
      const error: unknown = await target.read(damagedFiles(target, n)).catch((reason) => reason);
      if (error === undefined) continue;
      expect(isCoreError(error), `${n}: ${(error as Error).stack}`).toBe(true);
      refused++;
    }
    expect(refused).toBeGreaterThan(50);
  });
});
