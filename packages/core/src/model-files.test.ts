import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isPlainPath, type ModelFiles, readFileOf, readPromised } from "./model-files.js";
import { bytesSource } from "./source.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const content = new Uint8Array([1, 2, 3]);
const files: ModelFiles = {
  name: "nuclei",
  open: async (path) => (path === "a/w.onnx" ? bytesSource(path, content) : undefined),
};
const promise = (value: object) => ({
  file: "nuclei/bioimageio.yaml",
  path: "weights.onnx",
  value,
});

test("only names below the folder are paths", () => {
  for (const path of ["a", "a/b.onnx", "weights.onnx", "..a/b..", "a b/ü.png"])
    expect(isPlainPath(path), path).toBe(true);
  const bad = [
    "",
    "/a",
    "a/",
    "a//b",
    "..",
    "../a",
    "a/../b",
    "a/..",
    ".",
    "./a",
    "a\\b",
    "..\\a",
    "C:/a",
    "C:a",
    "http://a/b",
    "a\0b",
    "a\nb",
    "x".repeat(2000),
  ];
  for (const path of bad) expect(isPlainPath(path), JSON.stringify(path)).toBe(false);
});

test("a file that was promised is given, with its hash or without", async () => {
  expect(await readPromised(files, promise({ source: "a/w.onnx" }), sha256)).toEqual(content);
  const hash = sha256(content).toUpperCase();
  expect(await readPromised(files, promise({ source: "a/w.onnx", sha256: hash }), sha256)).toEqual(
    content,
  );
});

test("another file than the one promised is refused by name", async () => {
  const other = promise({ source: "a/w.onnx", sha256: "0".repeat(64) });
  await expect(readPromised(files, other, sha256)).rejects.toThrow(
    /^nuclei\/a\/w\.onnx is not the file .*weights\.onnx\.sha256 is 000000000000…, the file's is 039058c6f2c0…/,
  );
});

test("paths out of the folder are refused before anything is opened", async () => {
  for (const source of ["../secret", "/etc/passwd", "a\\..\\b", "https://example.org/w.onnx"])
    await expect(readPromised(files, promise({ source }), sha256)).rejects.toThrow(
      `nuclei/bioimageio.yaml: weights.onnx.source must be a path inside the model's folder, got ${JSON.stringify(source)}`,
    );
});

test("a missing and a too large file are named", async () => {
  await expect(readFileOf(files, "b")).rejects.toThrow("nuclei/b is missing from the model");
  await expect(readFileOf(files, "a/w.onnx", 2)).rejects.toThrow(
    "nuclei/a/w.onnx must have at most 2 bytes, has 3",
  );
});
