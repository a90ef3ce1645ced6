import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Image, writeTiff } from "@cellwright/core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openAddress } from "./open.js";
import { webStore } from "./zarr-web.js";

const image: Image<Uint16Array> = {
  data: Uint16Array.from({ length: 800 * 900 }, (_, i) => (i * 40503) & 0xffff),
  shape: [800, 900],
  axes: "yx",
};
const file = writeTiff(image, { compression: "none" });
const box = { y: 700, x: 300, height: 20, width: 30 };
const expected = Array.from({ length: 600 }, (_, i) => {
  const at = (700 + Math.floor(i / 30)) * 900 + 300 + (i % 30);
  return image.data[at];
});

const group = (ome: unknown) =>
  JSON.stringify({ zarr_format: 3, node_type: "group", attributes: { ome } });
const array = JSON.stringify({
  ...{ zarr_format: 3, node_type: "array", shape: [4, 8], data_type: "uint8", fill_value: 6 },
  chunk_grid: { name: "regular", configuration: { chunk_shape: [4, 4] } },
  chunk_key_encoding: { name: "default" },
  codecs: [{ name: "bytes" }],
});
const multiscales = [{ axes: [{ name: "y" }, { name: "x" }], datasets: [{ path: "0" }] }];
const files = new Map<string, Uint8Array | string>([
  ["/slide.tif", file],
  ["/f.zarr/zarr.json", group({ multiscales })],
  ["/f.zarr/0/zarr.json", array],
  ["/f.zarr/0/c/0/0", Uint8Array.from({ length: 16 }, (_, i) => i)],
  [
    "/plain/zarr.json",
    group({ multiscales: [{ ...multiscales[0], datasets: [{ path: "a b" }] }] }),
  ],
  ["/plain/a%20b/zarr.json", array],
  ["/page.tif", "<!doctype html>"],
]);

let server: Server;
let host = "";
const asked: { path: string; range: string | undefined; sent: number }[] = [];
/** How the host behaves beyond what hosts do. */
let habit: "ranges" | "whole" | "changes" | "app" | "hidden" | "busy" = "ranges";
const refused = new Set<string>();

function typeOf(path: string): string {
  if (path === "/page.tif") return "text/html; charset=utf-8";
  return path.endsWith("/") ? "application/json" : "application/octet-stream";
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://a");
  const content = files.get(pathname);
  const entry = { path: request.url ?? "", range: request.headers.range, sent: 0 };
  asked.push(entry);
  if (content === undefined) {
    const app = habit === "app";
    response.writeHead(app ? 200 : 404, { "Content-Type": "text/html" });
    response.end("<!doctype html><p>nothing here");
    return;
  }
  const bytes = Buffer.from(content as string);
  const headers: Record<string, string | number> = {
    "Content-Type": typeOf(pathname),
    ETag: habit === "changes" ? `"${asked.length}"` : '"one"',
  };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range || habit === "whole") {
    entry.sent = bytes.length;
    response.writeHead(200, { ...headers, "Content-Length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes);
    return;
  }
  if (habit === "busy" && !refused.has(entry.range ?? "")) {
    refused.add(entry.range ?? "");
    response.writeHead(503).end();
    return;
  }
  const start = range[1] === "" ? Math.max(0, bytes.length - Number(range[2])) : Number(range[1]);
  const end = range[1] === "" ? bytes.length : Math.min(bytes.length, Number(range[2]) + 1);
  entry.sent = end - start;
  const said =
    habit === "hidden" ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` };
  response.writeHead(206, { ...headers, ...said, "Content-Length": end - start });
  response.end(bytes.subarray(start, end));
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  asked.length = 0;
  habit = "ranges";
  refused.clear();
});

test("a file is read by ranges: its head, then what a region needs", async () => {
  const [opened] = await openAddress(`${host}/slide.tif?key=secret#there`);
  expect([opened.name, opened.kind, opened.reader.shape]).toEqual(["slide", "image", [800, 900]]);
  expect(opened.address).toBe(`${host}/slide.tif?key=secret#there`);
  expect([...(await opened.reader.readRegion({ box })).data]).toEqual(expected);
  const sent = asked.reduce((sum, entry) => sum + entry.sent, 0);
  expect(sent).toBeLessThan(file.length / 1.5);
  expect(asked.length).toBeLessThanOrEqual(4);
  expect(asked.every(({ path }) => path === "/slide.tif?key=secret")).toBe(true);
  await opened.reader.readRegion({ box: { ...box, height: 5 } });
  expect(asked.length).toBeLessThanOrEqual(4);
});

test("a host without ranges, or that hides them, serves too", async () => {
  for (const each of ["whole", "hidden"] as const) {
    habit = each;
    const [{ reader }] = await openAddress(`${host}/slide.tif`);
    expect([...(await reader.readRegion({ box })).data]).toEqual(expected);
  }
});

test("a busy host is asked once more", async () => {
  const [{ reader }] = await openAddress(`${host}/slide.tif`);
  habit = "busy";
  expect([...(await reader.readRegion({ box })).data]).toEqual(expected);
});

test("a file that changes while it is read is an error, not a mixture", async () => {
  habit = "changes";
  const read = async () => {
    const [{ reader }] = await openAddress(`${host}/slide.tif`);
    await reader.readRegion({ box });
  };
  await expect(read()).rejects.toThrow(/slide\.tif has changed since it was opened/);
});

test("an OME-Zarr is known by its name or by trying; missing chunks have the fill value", async () => {
  const [opened] = await openAddress(`${host}/f.zarr`);
  expect([opened.name, opened.address]).toEqual(["f", `${host}/f.zarr`]);
  const { data } = await opened.reader.readRegion({ box: { y: 1, x: 2, height: 2, width: 4 } });
  expect([...data]).toEqual([6, 7, 6, 6, 10, 11, 6, 6]);
  expect(asked.map(({ path }) => path)).toContain("/f.zarr/0/c/0/1");
  const [plain] = await openAddress(`${host}/plain`);
  expect(plain.reader.shape).toEqual([4, 8]);
  // Hosts of apps send their page for every name; that is no chunk and no metadata.
  habit = "app";
  const [again] = await openAddress(`${host}/f.zarr/`);
  const { data: same } = await again.reader.readRegion({
    box: { y: 1, x: 2, height: 2, width: 4 },
  });
  expect([...same]).toEqual([...data]);
});

test("a relative address begins at the page", async () => {
  const [{ address }] = await openAddress("slide.tif", { base: `${host}/token/../` });
  expect(address).toBe(`${host}/slide.tif`);
});

test("what is not there, no image or no address says so", async () => {
  await expect(openAddress(`${host}/none.tif`)).rejects.toThrow(
    /none\.tif: the host has no such file/,
  );
  await expect(openAddress(`${host}/none.zarr`)).rejects.toThrow(/none\.zarr is not a Zarr/);
  await expect(openAddress(`${host}/page.tif`)).rejects.toThrow(/page\.tif is a web page, not an/);
  await expect(openAddress("http://127.0.0.1:1/a.tif")).rejects.toThrow(/cannot be reached/);
  await expect(openAddress("not an address")).rejects.toThrow(/is not an address/);
  await expect(openAddress("file:///etc/passwd")).rejects.toThrow(/must be an address of the web/);
  await expect(openAddress("javascript:alert(1)")).rejects.toThrow(/must be an address of the web/);
});

test("keys that lead out of the hierarchy are never sent", async () => {
  const store = webStore(`${host}/f.zarr`);
  for (const key of ["/../slide.tif", "/0/../../slide.tif", "//slide.tif", "/.", "/a\\..\\b"])
    await expect(store.get(key as `/${string}`)).rejects.toThrow(/must be a path below/);
  await store.get("/%2e%2e/slide.tif");
  expect(asked.map(({ path }) => path)).toEqual(["/f.zarr/%252e%252e/slide.tif"]);
});

test("pieces of shards are checked for their length, and have a limit", async () => {
  const store = webStore(`${host}/f.zarr`);
  const range = { offset: 2, length: 3 };
  expect([...((await store.getRange("/0/c/0/0", range)) ?? [])]).toEqual([2, 3, 4]);
  expect([...((await store.getRange("/0/c/0/0", { suffixLength: 2 })) ?? [])]).toEqual([14, 15]);
  await expect(store.getRange("/0/c/0/0", { offset: 14, length: 4 })).rejects.toThrow(
    /2 of 4 bytes/,
  );
  await expect(store.getRange("/0/c/0/0", { offset: 0, length: 2 ** 40 })).rejects.toThrow(
    /pieces/,
  );
  habit = "whole";
  expect([...((await store.getRange("/0/c/0/0", range)) ?? [])]).toEqual([2, 3, 4]);
});

test("a region that is no longer wanted is not waited for", async () => {
  const [{ reader }] = await openAddress(`${host}/slide.tif`);
  const stop = new AbortController();
  const read = reader.readRegion({ box, signal: stop.signal });
  stop.abort(new Error("scrolled away"));
  await expect(read).rejects.toThrow("scrolled away");
  expect([...(await reader.readRegion({ box })).data]).toEqual(expected);
});

test("a folder that its host lists is a movie of its frames, opened as they are wanted", async () => {
  for (const n of [0, 1, 2]) files.set(`/m%201/t${n}.tif`, file);
  const listed = ["t0.tif", "t1.tif", "t2.tif"].map((name) => ({ name, kind: "file" }));
  files.set("/m%201/", JSON.stringify([...listed, { name: "sub", kind: "folder" }]));
  const [movie, ...others] = await openAddress(`${host}/m 1/`);
  expect(others).toEqual([]);
  expect([movie.name, movie.reader.shape]).toEqual(["m 1", [3, 800, 900]]);
  expect(movie.address).toBe(`${host}/m%201/`);
  expect(asked.map(({ path }) => path)).not.toContain("/m%201/t1.tif");
  expect([...(await movie.reader.readRegion({ index: { t: 1 }, box })).data]).toEqual(expected);
  files.set("/z/", JSON.stringify([{ name: "zarr.json", kind: "file" }]));
  for (const name of ["zarr.json", "0/zarr.json"])
    files.set(`/z/${name}`, files.get(`/f.zarr/${name}`) as string);
  expect((await openAddress(`${host}/z/`))[0].reader.shape).toEqual([4, 8]);
});
