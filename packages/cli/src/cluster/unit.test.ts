import { expect, test } from "vitest";
import { finalizeFlow, segmentFlow } from "./flow.js";
import { idOf, unitOf, unitsOf, verbs, wordsOfUnit } from "./unit.js";

test("a message that is no unit is refused, whatever is in it", () => {
  const good = { job: "p1", shard: { index: 2, count: 8 } };
  expect(unitOf("segment", good)).toEqual({ verb: "segment", ...good });
  const bad: [string, unknown][] = [
    ["view", good],
    ["__proto__", good],
    ["segment", undefined],
    ["segment", null],
    ["segment", "p1"],
    ["segment", { ...good, job: 1 }],
    ["segment", { ...good, model: "https://example.org/m" }],
    ["segment", { job: "p1" }],
    ["segment", { job: "p1", shard: "0/8" }],
    ["segment", { job: "p1", shard: { index: 0, count: 8, step: 1 } }],
  ];
  for (const [index, count] of [
    [8, 8],
    [-1, 8],
    [0.5, 8],
    [0, 0],
    [0, 100_001],
    ["0", 8],
    [0, Number.NaN],
  ])
    bad.push(["segment", { job: "p1", shard: { index, count } }]);
  for (const [name, data] of bad)
    expect(() => unitOf(name, data), `${name} ${JSON.stringify(data)}`).toThrow(/a unit must be/);
});

test("the command line of a unit", () => {
  const [unit] = unitsOf("segment", "p1", 8).slice(3);
  const words = verbs.map((verb) =>
    wordsOfUnit({ ...unit, verb }, "/r/p1", { threads: 2, device: "cpu" }).join(" "),
  );
  expect(words).toEqual([
    "segment --job /r/p1 --shard 3/8 --threads 2 --device cpu",
    "merge /r/p1",
    "finalize /r/p1 --shard 3/8",
    "info /r/p1 --json",
  ]);
});

test("units follow each other, each under a name of its own, and hold job and shard alone", () => {
  for (const [flow, last, before] of [
    [segmentFlow("q", "p1", 3), "p1.merge", "segment"],
    [finalizeFlow("q", "p1", 17), "p1.check", "finalize"],
  ] as const) {
    expect(flow.opts?.jobId).toBe(last);
    expect(flow.data).toEqual({ job: "p1", shard: { index: 0, count: 3 } });
    const children = flow.children ?? [];
    expect(children.map(({ name, data, opts }) => [name, data, opts?.jobId])).toEqual(
      [0, 1, 2].map((index) => [
        before,
        { job: "p1", shard: { index, count: 3 } },
        `p1.${before}.${index}-of-3`,
      ]),
    );
    expect(children.every(({ opts }) => opts?.ignoreDependencyOnFailure)).toBe(true);
    // BullMQ takes no name of digits alone and none with a colon.
    for (const { opts } of [flow, ...children]) expect(opts?.jobId).toMatch(/^[^:]*[a-z][^:]*$/);
  }
  expect(idOf({ verb: "merge", job: "p1", shard: { index: 0, count: 3 } })).toBe(
    idOf({ verb: "merge", job: "p1", shard: { index: 0, count: 9 } }),
  );
});
