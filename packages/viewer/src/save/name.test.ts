import { expect, test } from "vitest";
import { stemOf } from "./name.js";

test("names lose folders, endings and what no system allows", () => {
  const cases: [string, string][] = [
    ["a.tif", "a"],
    ["dish/b 2.ome.tiff", "b 2"],
    ["C:\\x\\c.ome.zarr", "c"],
    ["plate.zarr/", "plate"],
    ["d_masks.tif", "d"],
    ["e_seg.npy", "e"],
    ["f.v2", "f.v2"],
    ["g<1>:?.png", "g_1___"],
    ["../..", "cells"],
    [".hidden.tif", "hidden"],
    ["", "cells"],
    ["\u0000\u001f.tif", "__"],
    [`${"ä".repeat(300)}.tif`, "ä".repeat(100)],
  ];
  for (const [name, stem] of cases) expect(stemOf(name), name).toBe(stem);
});
