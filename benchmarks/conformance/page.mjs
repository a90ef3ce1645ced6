// The same reading in a page: core as a bundler packs it for Chromium, the files over HTTP.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSite } from "@cellwright/testing/page";

const root = fileURLToPath(new URL("../..", import.meta.url));

const program = `
import * as core from "@cellwright/core";
import { outcomeOf } from ${JSON.stringify(join(root, "benchmarks/conformance/outcome.mjs"))};
const get = async (path) => {
  const response = await fetch(path);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
};
globalThis.readAll = async (list) => {
  const outcomes = [];
  for (const [n, asked] of list.entries()) {
    const given = asked.folder ? { get: (key) => get("/zarr/" + n + key) } : await get("/file/" + n);
    const outcome = await outcomeOf(core, given, asked).catch((error) => ({ crashed: String(error) }));
    outcomes.push(outcome);
  }
  return outcomes;
};
`;

/** Opens the page; `outcomesOf` answers what comes of each of a list of cases: bytes, or the folder of a Zarr. */
export async function inPage() {
  let cases = [];
  const find = (path) => {
    const [, kind, n, key] = /^\/(file|zarr)\/(\d+)\/?(.*)$/.exec(path) ?? [];
    if (kind === "file") return Buffer.from(cases[Number(n)].given);
    if (kind === undefined) return undefined;
    const { files } = cases[Number(n)];
    if (files) return files.has(`/${key}`) ? Buffer.from(files.get(`/${key}`)) : undefined;
    try {
      return readFileSync(join(cases[Number(n)].folder, key));
    } catch {
      return undefined;
    }
  };
  const site = await openSite({ root: join(root, "packages/viewer"), program, find });
  const { page } = await site.visit();
  return {
    outcomesOf(list) {
      cases = list;
      const asked = list.map(({ name, given, asked: more }) => ({
        ...{ path: name, folder: !(given instanceof Uint8Array) },
        ...more,
      }));
      return page.evaluate((words) => globalThis.readAll(words), asked);
    },
    close: () => site.close(),
  };
}
