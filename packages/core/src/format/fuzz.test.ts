import { damagedFiles, fuzzTargets } from "@cellwright/testing/fuzz";
import { keptDamage } from "@cellwright/testing/fuzz-watch";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";

const targets = await fuzzTargets();
const kept = keptDamage();

/** Ten thousand of each are read by a benchmark that also watches time and memory. */
describe.each(targets)("$name", (target) => {
  test("valid files are read", async () => {
    for (const files of target.valid) await expect(target.read(files)).resolves.toBeUndefined();
  });

  test("damaged files give what they hold, or an error of ours; those that once reached new code too", async () => {
    let refused = 0;
    const first = Array.from({ length: 300 }, (_, n) => [n] as const);
    for (const numbers of [...first, ...kept[target.name]]) {
      const files = damagedFiles(target, ...numbers);
      const error: unknown = await target.read(files).catch((reason) => reason);
      if (error === undefined) continue;
      expect(isCoreError(error), `${numbers}: ${(error as Error).stack}`).toBe(true);
      refused++;
    }
    expect(kept[target.name].length).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(50);
  });
});
