import { expect, test } from "vitest";
import { hashOf, pathsUnder, readFiles } from "./files.js";

const files = readFiles(
  JSON.stringify({
    shell: { "index.html": "a1", "assets/a b.js": "b2" },
    kept: {
      "models/nuclei/weights.onnx": "c3",
      "models/nuclei/rdf.yaml": "d4",
      "ort/x.wasm": "e5",
    },
  }),
);
const base = "https://host/lab/page/";

test("an address is a file of the page's folder, whatever is asked of it", () => {
  expect(hashOf(files, base, base)).toEqual({ path: "index.html", sha256: "a1" });
  expect(hashOf(files, base, `${base}?open=b.tif#c`)).toEqual({ path: "index.html", sha256: "a1" });
  expect(hashOf(files, base, `${base}assets/a%20b.js`)?.sha256).toBe("b2");
  expect(hashOf(files, base, `${base}models/nuclei/weights.onnx?v=2`)?.sha256).toBe("c3");
});

test("files of others, and names that every object has, go to the network", () => {
  expect(hashOf(files, base, "https://host/lab/index.html")).toBeUndefined();
  expect(hashOf(files, base, "https://other/lab/page/index.html")).toBeUndefined();
  expect(hashOf(files, base, `${base}data/a.tif`)).toBeUndefined();
  expect(hashOf(files, base, `${base}__proto__`)).toBeUndefined();
  expect(hashOf(files, base, `${base}toString`)).toBeUndefined();
});

test("a message names files by path, or folders by a slash at the end", () => {
  expect(pathsUnder(files, { keep: ["ort/", "models/nuclei/rdf.yaml"] })).toEqual([
    "models/nuclei/rdf.yaml",
    "ort/x.wasm",
  ]);
  expect(pathsUnder(files, { keep: ["models"] })).toEqual([]);
  for (const message of [undefined, null, 3, {}, { keep: "ort/" }])
    expect(pathsUnder(files, message)).toEqual([]);
});
