import { expect, test } from "vitest";
import { errorData, exitCodeOf, fileMessage } from "./batch.js";
import { messageOf, oneLine } from "./report.js";

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: something, open`), { code, ...(path && { path }) });

test("system errors come in plain words, with the path", () => {
  expect(messageOf(systemError("ENOSPC", "/d/a.tif"))).toBe("/d/a.tif: the disk is full");
  expect(messageOf(systemError("EACCES"))).toBe("permission denied");
  expect(messageOf(systemError("EOTHER"))).toBe("EOTHER: something, open");
});

test("too large an array is said to be so", () => {
  const allocate = () => {
    try {
      return new Float64Array(2 ** 52);
    } catch (error) {
      return error;
    }
  };
  expect(messageOf(allocate())).toMatch(/too large for the memory/);
});

test("a message is one line, whatever a file is called", () => {
  expect(oneLine("a\n  b")).toBe("a b");
  expect(oneLine("a\u001b[2Jb\u202ec")).toBe("a\\u{1b}[2Jb\\u{202e}c");
});

test("an error names its file once", () => {
  expect(fileMessage("d/a.tif", new Error("is cut off"))).toBe("d/a.tif: is cut off");
  expect(fileMessage("d/a.tif", new Error("a.tif: is cut off"))).toBe("d/a.tif: is cut off");
  expect(fileMessage("d/a.tif", new Error("a.tif is no image"))).toBe("d/a.tif is no image");
  expect(fileMessage("d/a.tif", new Error("d/a.tif is no image"))).toBe("d/a.tif is no image");
  expect(errorData("a", new Error("b"))).toEqual({ kind: "Error", message: "a: b" });
});

test("the exit code says whether all, some or none went well", () => {
  expect(exitCodeOf({ done: 2, skipped: 0, failed: 0 })).toBe(0);
  expect(exitCodeOf({ done: 0, skipped: 2, failed: 0 })).toBe(0);
  expect(exitCodeOf({ done: 0, skipped: 0, failed: 2 })).toBe(1);
  expect(exitCodeOf({ done: 1, skipped: 0, failed: 1 })).toBe(3);
  expect(exitCodeOf({ done: 0, skipped: 1, failed: 1 })).toBe(3);
});
