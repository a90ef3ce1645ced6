import { type HostileCase, hostileCases } from "@cellwright/testing/hostile";
import { judgeHostile } from "@cellwright/testing/hostile-judge";
import { expect, test } from "vitest";

/** Kilobytes that this process took at most so far. */
const peak = () => process.resourceUsage().maxRSS;

const cases = await hostileCases();

test("there are hundreds of cases, each by its own name, and they are the same in every run", async () => {
  expect(cases.length).toBeGreaterThanOrEqual(700);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  const places = (list: readonly HostileCase[]) =>
    list.map(({ id, files }) => [
      id,
      Object.entries(files).map(([path, { length }]) => [path, length]),
    ]);
  expect(places(await hostileCases())).toEqual(places(cases));
});

test("each gives an image or an error of ours, in time, and changes nothing", async () => {
  const before = peak();
  const faults: string[] = [];
  const outcomes = { read: 0, refused: 0 };
  for (const one of cases) {
    const verdict = await judgeHostile(one);
    outcomes[verdict.outcome]++;
    for (const fault of verdict.faults) faults.push(`${verdict.id} ${fault}`);
  }
  expect(faults).toEqual([]);
  expect(outcomes.refused).toBeGreaterThan(550);
  expect(outcomes.read).toBeGreaterThan(50);
  // What the test itself stood on comes first: the cases, and the compiler of the tests.
  expect(peak() - before).toBeLessThan(700 * 1024);
});

/** Sound files of which every byte counts. */
const sound = [
  "tiff/rows-a-strip-2^32-1",
  "npy/all-nan",
  "npz/name-with-dots",
  "zarr/2-metadata-proto",
];

test("a file cut at any byte is refused", async () => {
  const faults: string[] = [];
  for (const id of sound) {
    const whole = cases.find((one) => one.id === id) as HostileCase;
    expect((await judgeHostile(whole)).faults).toEqual([]);
    const [path, bytes] = Object.entries(whole.files)[0];
    for (let end = 0; end < bytes.length; end++) {
      const files = { ...whole.files, [path]: bytes.slice(0, end) };
      const { faults: found } = await judgeHostile({ ...whole, files, expected: "refused" });
      for (const fault of found) faults.push(`${id} cut at ${end}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
});
