import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostileCases } from "@cellwright/testing/hostile";
import type { Verdict } from "@cellwright/testing/hostile-judge";
import { describePage, openSite, type Visit } from "@cellwright/testing/page";
import { expect, test } from "vitest";

/** Fetches the files of one case after the other and judges it as Node does. */
const program = `
import { judgeHostile } from "@cellwright/testing/hostile-judge";
globalThis.judge = async (group) => {
  const verdicts = [];
  const all = new Uint8Array(await (await fetch("/cases/" + group[0].n + "/" + group.length)).arrayBuffer());
  let at = 0;
  for (const { one, lengths } of group) {
    const files = {};
    for (const [path, length] of lengths) files[path] = all.slice(at, (at += length));
    verdicts.push(await judgeHostile({ ...one, files }));
  }
  return verdicts;
};
`;

/** Cases that are judged at one call. */
const together = 20;

/** The most megabytes that a process of the browser took so far; 0 where the system does not tell. */
async function peakOf({ page }: Visit): Promise<number> {
  const devtools = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await devtools?.send("SystemInfo.getProcessInfo")) ?? {
    processInfo: [],
  };
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]),
    );
  return Math.max(0, ...peaks) / 1024;
}

describePage("hostile files in a page", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));

  test("each gives an image or an error of ours, in time, and changes nothing", async () => {
    const cases = await hostileCases();
    const find = (address: string) => {
      const [, kind, first, count] = address.split("/");
      if (kind !== "cases") return undefined;
      const group = cases.slice(Number(first), Number(first) + Number(count));
      return Buffer.concat(group.flatMap(({ files }) => Object.values(files)));
    };
    const site = await openSite({ root, program, find });
    try {
      const visit = await site.visit();
      const faults: string[] = [];
      const devtools = await visit.page.context().newCDPSession(visit.page);
      const asked = cases.map(({ files, ...one }, n) => ({
        ...{ n, one },
        lengths: Object.entries(files).map(([path, { length }]) => [path, length] as const),
      }));
      for (let first = 0; first < asked.length; first += together) {
        const some = asked.slice(first, first + together);
        const group = JSON.stringify(some);
        for (const { id, faults: own } of await visit.page.evaluate<Verdict[]>(`judge(${group})`))
          faults.push(...own.map((fault) => `${id} ${fault}`));
        // What earlier files left is not what the next one takes.
        if (some.some(({ lengths }) => lengths.some(([, length]) => length > 100_000)))
          await devtools.send("HeapProfiler.collectGarbage");
      }
      expect(faults).toEqual([]);
      expect(visit.problems).toEqual([]);
      expect(visit.strangers).toEqual([]);
      expect(await peakOf(visit)).toBeLessThan(700);
    } finally {
      await site.close();
    }
  });
});
