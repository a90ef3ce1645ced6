import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openPyramid, openZarr, writeTiff } from "@cellwright/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askWeb, type WebOptions, webSource, webStore } from "./web.js";

const side = 400;
const tiff = Buffer.from(
  writeTiff({
    data: Uint16Array.from({ length: side * side }, (_, i) => i),
    shape: [side, side],
    axes: "yx",
  }),
);
const zarr: Record<string, string | Buffer> = {
  "/a.zarr/.zarray": JSON.stringify({
    zarr_format: 2,
    shape: [2, 3],
    chunks: [2, 3],
    dtype: "|u1",
    compressor: null,
    fill_value: 0,
    order: "C",
    filters: null,
  }),
  "/a.zarr/0.0": Buffer.from([1, 2, 3, 4, 5, 6]),
};
const moved: Record<string, string> = {
  "/loop": "/loop",
  "/inside": "http://10.0.0.1/",
  "/scheme": "file:///etc/passwd",
  "/moved": "/a.tif",
};
const asked: string[] = [];
let server: Server;
let origin: string;
let options: WebOptions;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push(`${url} ${headers.range ?? ""}`);
    if (moved[url]) return response.writeHead(302, { Location: moved[url] }).end();
    if (url === "/silent") return undefined;
    if (url === "/endless")
      return void setInterval(() => response.write(Buffer.alloc(65536)), 1).unref();
    const content = url.endsWith(".tif") ? tiff : zarr[url];
    if (content === undefined) return response.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (from === undefined || url === "/whole.tif") return response.end(content);
    const end = Math.min(Number(to) + 1, content.length);
    response.writeHead(206, { "Content-Range": `bytes ${from}-${end - 1}/${content.length}` });
    return response.end(content.slice(Number(from), end));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  options = {
    allowed: [`127.0.0.1:${port}`],
    signal: new AbortController().signal,
    limits: { bytes: 2 ** 20, quiet: 300 },
  };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("a TIFF is read by ranges; where a host gives none, as a whole", async () => {
  for (const path of ["/a.tif", "/whole.tif", "/moved"]) {
    const reader = await openPyramid(await webSource(`${origin}${path}`, options));
    const box = { y: side - 1, x: side - 2, height: 1, width: 2 };
    const last = side * side - 1;
    expect([...(await reader.readRegion({ box })).data]).toEqual([
      (last - 1) % 65536,
      last % 65536,
    ]);
  }
  expect(asked.filter((line) => line.startsWith("/a.tif bytes=")).length).toBeGreaterThan(1);
});

test("a Zarr is read by its chunks", async () => {
  const { reader } = await openZarr(webStore(`${origin}/a.zarr/`, options));
  const plane = await reader.readRegion({ box: { y: 1, x: 0, height: 1, width: 3 } });
  expect([...plane.data]).toEqual([4, 5, 6]);
});

test.each([
  ["/inside", { code: "forbidden" }],
  ["/scheme", { code: "forbidden" }],
  ["/loop", { kind: "FormatError", message: expect.stringContaining("leads on and on") }],
  ["/silent", { kind: "FormatError", message: expect.stringContaining("quiet for too long") }],
  [
    "/endless",
    { kind: "UnsupportedError", message: expect.stringContaining("more than 1048576 bytes") },
  ],
])("%s is given up", async (path, error) => {
  await expect(askWeb(`${origin}${path}`, options)).rejects.toMatchObject(error);
});

test("a caller that gives up is not waited for", async () => {
  const stop = new AbortController();
  const read = askWeb(`${origin}/silent`, { ...options, signal: stop.signal });
  stop.abort(new Error("given up"));
  await expect(read).rejects.toThrow("given up");
});
