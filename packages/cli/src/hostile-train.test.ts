// Labels as an attacker or a broken program leaves them, in a folder that is to be learnt from.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referenceEngine, type Tensor, writeTiff } from "@cellwright/core";
import { commandFolder, squares } from "@cellwright/testing";
import { crash, type HostileCase, hostileCases } from "@cellwright/testing/hostile";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({
  run,
  context: (changes) => memoryContext({ openEngine: async () => referenceEngine, ...changes }),
});
const { cellwright, put } = here;
const cases = (await hostileCases()).filter(
  ({ id, expected, files }) =>
    // A set of no regions is one of an image without cells.
    expected === "refused" && Object.keys(files).join() === "" && id !== "roi/set-empty",
);

/** Of each family every third, thirty at most: what the readers make of all of them is tested elsewhere. */
const some = (kind: HostileCase["kind"]) =>
  cases
    .filter((one) => one.kind === kind)
    .filter((_, i, all) => i % Math.ceil(all.length / 30) === 0);

/** Where each kind of annotation lies beside the image `images/bad.tif`, which has a size that no case has. */
const places: readonly (readonly [HostileCase["kind"], (ending: string) => string])[] = [
  ["image", (ending) => `set/labels/bad${ending}`],
  ["rois", (ending) => `set/labels/bad${ending}`],
  ["seg", () => "set/labels/bad_seg.npy"],
];

test("train names the hostile label in a line and leaves nothing, whatever its kind", async () => {
  const odd: Tensor = { data: new Float32Array(37 * 41), shape: [37, 41], axes: "yx" };
  for (const n of [1, 2]) {
    put(`set/images/${n}.tif`, writeTiff(squares(4)));
    put(
      `set/labels/${n}.tif`,
      writeTiff({ ...squares(4), data: Uint16Array.from(squares(4).data) }),
    );
  }
  put("set/images/bad.tif", writeTiff(odd));
  const before = readdirSync(here.cwd, { recursive: true }).sort();
  const faults: string[] = [];
  const reasons = new Set<string>();
  let tried = 0;
  for (const [kind, nameOf] of places)
    for (const { id, name, files } of some(kind)) {
      const place = join(here.cwd, nameOf(/\.[^.]*$/.exec(name)?.[0] ?? ""));
      mkdirSync(join(place, ".."), { recursive: true });
      writeFileSync(place, files[""]);
      const { code, out, err } = await cellwright(["train", "set", "-o", "model", "-q"]);
      rmSync(place);
      tried++;
      reasons.add(err.replace(/^.*bad[^ ]*/, ""));
      const lines = err.trim().split("\n");
      const fine = (code === 1 || code === 2) && lines.length === 1 && lines[0].length < 1200;
      if (!fine || crash.test(err + out) || !err.includes("labels/bad"))
        faults.push(`${id}: ${code} ${err.slice(0, 300)}`);
      const left = readdirSync(here.cwd, { recursive: true }).sort();
      if (left.join() !== before.join()) faults.push(`${id} left ${left.length - before.length}`);
    }
  expect(faults).toEqual([]);
  expect(tried).toBeGreaterThan(40);
  // They were opened, not passed by: each is refused for what is wrong with it.
  expect(reasons.size).toBeGreaterThan(tried / 3);
});
