import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { writeModelZip } from "@cellwright/core";
import { type SpotOptions, spotFiles, squares } from "@cellwright/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benchFor, workspaceWith, zipFile } from "./fixture.js";
import { sourceAt, sourceIn } from "./models.js";

/** A model of bright squares, as a zip that was dropped. */
const zipOf = async (name = "spots", options: SpotOptions = {}) =>
  zipFile(name, await spotFiles(name, options));
const blob = new Blob([]);

test("an address is that of a folder, of the description in it, or of a zip", () => {
  const folder = { id: "a", name: "spots", kind: "folder", address: "https://a.org/m/spots/" };
  expect(sourceAt("a", "https://a.org/m/spots")).toEqual(folder);
  expect(sourceAt("a", " https://a.org/m/spots/ ")).toEqual(folder);
  expect(sourceAt("a", "https://a.org/m/spots/bioimageio.yaml")).toEqual(folder);
  expect(sourceAt("a", "https://a.org/m/spots/rdf.yaml#x")).toEqual(folder);
  expect(sourceAt("a", "https://a.org/m/s%20p.zip?v=1")).toEqual({
    id: "a",
    name: "s p.zip",
    kind: "zip",
    address: "https://a.org/m/s%20p.zip?v=1",
  });
  for (const wrong of ["spots", "ftp://a.org/m", "data:,a", "file:///etc/passwd", ""])
    expect(() => sourceAt("a", wrong)).toThrow(/must be an address/);
});

test("of files that were dropped, those around the outermost description are the model", () => {
  const files = ["x/notes.txt", "x/m/weights.onnx", "x/m/bioimageio.yaml", "x/m/old/rdf.yaml"];
  const source = sourceIn(
    "a",
    files.map((path) => ({ path, file: blob })),
  );
  expect(source).toMatchObject({ kind: "files", name: "m" });
  if (source.kind !== "files") return;
  expect(source.files.map(({ path }) => path)).toEqual([
    "weights.onnx",
    "bioimageio.yaml",
    "old/rdf.yaml",
  ]);
  expect(sourceIn("a", [{ path: "m.zip", file: blob }])).toMatchObject({
    kind: "zip-file",
    name: "m.zip",
  });
  expect(() => sourceIn("a", [{ path: "a.tif", file: blob }])).toThrow(/neither was given/);
});

let server: Server;
let origin: string;
const asked: string[] = [];
beforeAll(async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [path, bytes] of Object.entries(await spotFiles("far spots")))
    files[`/m/${path}`] = bytes;
  files["/far.zip"] = writeModelZip(await spotFiles("zipped spots"));
  server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    if (path.startsWith("/page/"))
      response.writeHead(200, { "Content-Type": "text/html" }).end("<p>");
    else if (path.startsWith("/broken/")) response.writeHead(500).end();
    else response.writeHead(files[path] ? 200 : 404).end(files[path]);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test("models come from an address, folder or zip, and their weights only when they are used", async () => {
  const bench = benchFor(workspaceWith());
  expect((await bench.addModel(`${origin}/m`)).name).toBe("far spots");
  expect(asked).not.toContain("/m/weights.onnx");
  const { id, name, origin: from } = await bench.addModel(`${origin}/far.zip`);
  expect([name, from]).toEqual(["zipped spots", "address"]);
  expect((await bench.downloadModel(id)).bytes).toEqual(
    writeModelZip(await spotFiles("zipped spots")),
  );
});

test("an address without a model says why", async () => {
  const bench = benchFor(workspaceWith());
  await expect(bench.addModel(`${origin}/none`)).rejects.toThrow(/bioimageio.yaml is missing/);
  await expect(bench.addModel(`${origin}/page`)).rejects.toThrow(/bioimageio.yaml is missing/);
  await expect(bench.addModel(`${origin}/broken`)).rejects.toThrow(/cannot be read: 500/);
  await expect(bench.addModel("http://127.0.0.1:9/")).rejects.toThrow(/does not answer/);
  expect(await bench.models()).toEqual([]);
});

test("what is no model is refused with the reason, and is not in the list", async () => {
  const work = benchFor(workspaceWith(squares(1)));
  await expect(work.addModel([{ path: "a.txt", file: new Blob(["a"]) }])).rejects.toMatchObject({
    kind: "ModelError",
  });
  await expect(
    work.addModel([{ path: "a.zip", file: new Blob(["no zip"]) }]),
  ).rejects.toMatchObject({
    kind: "ModelError",
  });
  await expect(work.addModel("javascript:alert(1)")).rejects.toThrow(/must be an address/);
  expect(await work.models()).toEqual([]);
});

test("a shipped model that cannot be fetched is told of once and hides nothing", async () => {
  const workspace = workspaceWith(squares(1));
  const work = benchFor(workspace, { shipped: ["gone"] });
  await work.addModel(await zipOf());
  expect((await work.models()).map(({ name }) => name)).toEqual(["spots"]);
  await work.models();
  expect(workspace.notices.get().length).toBe(1);
  expect(workspace.notices.get()[0].text).toMatch(
    /The model gone cannot be read: .*does not answer/,
  );
});

test("a model is downloaded as a zip that reads back, whether it came as a zip or as files", async () => {
  const work = benchFor(workspaceWith(squares(1)));
  const files = await spotFiles("my spots");
  const dropped = Object.entries(files).map(([path, bytes]) => ({
    path: `folder/${path}`,
    file: new Blob([bytes as Uint8Array<ArrayBuffer>]),
  }));
  const { id } = await work.addModel([...dropped, { path: "folder/x.txt", file: new Blob(["x"]) }]);
  const { name, bytes } = await work.downloadModel(id);
  expect(name).toBe("my-spots.zip");
  expect(bytes).toEqual(writeModelZip(files));
});
