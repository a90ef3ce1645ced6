import { expect, test } from "vitest";
import { missingOf } from "./job-verdict.js";

test("a job is done where the disk says so, and nowhere else", () => {
  expect(missingOf('{"units":3,"done":3,"complete":true}\n')).toBeUndefined();
  expect(missingOf('{"units":3,"done":2,"complete":false}\n')).toMatch(/not finished: .*"done":2/);
  for (const text of ["", "null", "3", '{"complete":"true"}', "error\n", '{"complete":tr'])
    expect(missingOf(text), text).toMatch(/not finished|cannot be read|can be read/);
});
