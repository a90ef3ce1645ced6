import { expect, test } from "vitest";
import { deliver, serverFolder } from "./deliver.js";
import type { SavedFile } from "./format.js";

const files: SavedFile[] = [
  { name: "a b_masks.tif", bytes: Uint8Array.of(1, 2), type: "image/tiff" },
  { name: "c.csv", bytes: Uint8Array.of(3), type: "text/csv" },
];

test("without a server files are downloaded, in order", async () => {
  const kept: string[] = [];
  await deliver(files, { download: ({ name }) => kept.push(name) });
  expect(kept).toEqual(["a b_masks.tif", "c.csv"]);
});

test("with a server they are put beside the images", async () => {
  const asked: [string, string | undefined, number[], unknown][] = [];
  const request: typeof fetch = async (address, { method, body, headers } = {}) => {
    const bytes = [...new Uint8Array(await (body as Blob).arrayBuffer())];
    asked.push([`${address}`, method, bytes, headers]);
    return new Response("wrote", { status: 201 });
  };
  await deliver(files, { server: "http://127.0.0.1:1/token/files/0/", fetch: request });
  expect(asked).toEqual([
    [
      "http://127.0.0.1:1/token/files/0/a%20b_masks.tif",
      "PUT",
      [1, 2],
      { "Content-Type": "image/tiff" },
    ],
    ["http://127.0.0.1:1/token/files/0/c.csv", "PUT", [3], { "Content-Type": "text/csv" }],
  ]);
});

test("what the server refuses is told with its reason, and nothing more is sent", async () => {
  let count = 0;
  const refuse: typeof fetch = async () => {
    count++;
    return new Response("is there already\n", { status: 409 });
  };
  await expect(deliver(files, { server: "files/0/", fetch: refuse })).rejects.toThrow(
    "a b_masks.tif was not written: is there already",
  );
  expect(count).toBe(1);
  const silent: typeof fetch = async () => new Response("", { status: 500 });
  await expect(deliver(files, { server: "files/0/", fetch: silent })).rejects.toThrow(
    "the server answered 500",
  );
});

test("the folder of an image on the page's own server is known", () => {
  const page = "http://127.0.0.1:8000/token/";
  const folder = `${page}files/0/`;
  expect(serverFolder("files/0/a.tif", page)).toBe(folder);
  expect(serverFolder(`${page}files/0/a%20b.zarr/`, page)).toBe(folder);
  expect(serverFolder("files/2/deep/a.tif", page)).toBe(`${page}files/2/deep/`);
  for (const elsewhere of [
    undefined,
    "https://example.org/files/0/a.tif",
    "http://127.0.0.1:8000/other/files/0/a.tif",
    "models/nuclei/cover.png",
    "files/a.tif",
    "files/../../x/a.tif",
  ])
    expect(serverFolder(elsewhere, page)).toBeUndefined();
});
