import { expect, test, vi } from "vitest";
import type { Context } from "./context.js";
import { memoryContext } from "./memory-context.js";
import { duration, startProgress } from "./progress.js";

function terminal(changes: Partial<Context> = {}): { context: Context; text: () => string } {
  const context = memoryContext({ isTTY: true, ...changes });
  return { context, text: context.err };
}

const clear = "\r\u001b[2K";

test("the bar grows, makes way for lines and goes away", () => {
  const { context, text } = terminal();
  const progress = startProgress(context, 4);
  progress.show(0, "a.tif");
  progress.show(2, "c.tif");
  progress.print("a line");
  progress.end();
  progress.print("the end");
  const [first, second, line, ...rest] = text().split(clear).slice(1);
  expect(first).toBe(`[${" ".repeat(20)}] 0/4  a.tif`);
  expect(second).toMatch(/^\[={10} {10}\] 2\/4, .* left {2}c\.tif$/);
  expect(line).toBe(`a line\n${second}`);
  expect(rest).toEqual(["", "the end\n"]);
});

test("the time left goes by the pace of this run, not by what an earlier one did", () => {
  const clock = vi.spyOn(performance, "now");
  try {
    for (const [alreadyDone, left] of [
      [0, ", 8.0 s left"],
      [2, ", 40 s left"],
      [3, ""],
    ] as const) {
      const { context, text } = terminal();
      clock.mockReturnValue(0);
      const progress = startProgress(context, 5, false, alreadyDone);
      clock.mockReturnValue(alreadyDone === 2 ? 20_000 : 12_000);
      progress.show(3, "d.tif");
      expect(text()).toBe(`${clear}[${"=".repeat(12)}${" ".repeat(8)}] 3/5${left}  d.tif`);
    }
  } finally {
    clock.mockRestore();
  }
});

test("no bar without a terminal, under CI, on a dumb terminal, or when quiet", () => {
  for (const changes of [{ isTTY: false }, { env: { CI: "1" } }, { env: { TERM: "dumb" } }]) {
    const { context, text } = terminal(changes);
    const progress = startProgress(context, 1);
    progress.show(0, "a.tif");
    progress.print("a line");
    progress.end();
    expect(text()).toBe("a line\n");
  }
  const { context, text } = terminal();
  const progress = startProgress(context, 1, true);
  progress.show(0, "a.tif");
  progress.print("a line");
  progress.alert("an error");
  expect(text()).toBe("an error\n");
});

test("time spans read well", () => {
  expect([0.04, 9.94, 59, 100, 7500].map(duration)).toEqual([
    "0.0 s",
    "9.9 s",
    "59 s",
    "2 min",
    "2 h 5 min",
  ]);
});
