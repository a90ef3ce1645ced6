import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWords, wordsOf } from "./shell-words.js";

test("a shell reads every word as it was", () => {
  const words = [
    "a",
    "with blank",
    "it's",
    "$(touch x)",
    "`id`",
    "",
    "-n",
    "*",
    "a\nb",
    "é;|&",
    "\\",
  ];
  const text = execFileSync("bash", ["-c", `printf '%s\\0' ${shellWords(words)}`], {
    encoding: "utf8",
  });
  expect(text.split("\0").slice(0, -1)).toEqual(words);
});

test("words of a text", () => {
  expect(wordsOf("  --a=1  -b\tc ")).toEqual(["--a=1", "-b", "c"]);
});
