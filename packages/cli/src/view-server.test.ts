import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findViewed } from "./view-inputs.js";
import { startViewServer, type ViewServer } from "./view-server.js";

/** A folder with images, one beside it that nobody opened, and a page. */
function place() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "cellwright-view-")));
  for (const name of ["open", "app/assets", "private"])
    mkdirSync(join(base, name), { recursive: true });
  writeFileSync(join(base, "open/a.tif"), "0123456789");
  writeFileSync(join(base, "private/secret.tif"), "secret");
  symlinkSync(join(base, "private/secret.tif"), join(base, "open/link.tif"));
  symlinkSync(join(base, "private"), join(base, "open/away"));
  writeFileSync(
    join(base, "app/index.html"),
    '<meta http-equiv="Content-Security-Policy" content="x"><meta name="cellwright-host" content="static">page',
  );
  writeFileSync(join(base, "app/assets/a.js"), "1");
  return { base, folder: join(base, "open"), app: join(base, "app") };
}

let here: ReturnType<typeof place>;
let server: ViewServer;

beforeEach(async () => {
  here = place();
  const { viewed } = await findViewed([here.folder], [], "/");
  server = await startViewServer({ app: here.app, viewed, port: 0 });
});

afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request just as it is written, which `fetch` would tidy first. */
function ask(path: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const { hostname, port } = new URL(server.address);
  return new Promise((done, fail) => {
    const sent = request({ hostname, port, path, agent: false, ...options }, (response) => {
      let text = "";
      response.on("data", (bytes) => {
        text += bytes;
      });
      response.on("end", () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

const token = () => new URL(server.address).pathname;
const get = (path: string, headers: Record<string, string> = {}) =>
  ask(token() + path, { headers });
const put = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask(token() + path, { method: "PUT", headers }, body);

test("the page is told who serves it, under a strict policy", async () => {
  const { status, headers, text } = await get("");
  expect(status).toBe(200);
  expect(text).toBe('<meta name="cellwright-host" content="view">page');
  expect(headers["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(headers["content-security-policy"]).toContain("connect-src 'self' blob: data:;");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  expect(await get("assets/a.js")).toMatchObject({
    status: 200,
    headers: { "content-type": "text/javascript" },
  });
  expect((await get("assets/none.js")).status).toBe(404);
});

test("only hosts that the user named may be asked by the page", async () => {
  const { headers } = await get("?open=https://a.example/b.zarr&open=javascript:1");
  expect(headers["content-security-policy"]).toContain(
    "connect-src 'self' blob: data: https://a.example;",
  );
});

test("who does not know the token, or comes from another site, learns nothing", async () => {
  expect((await ask("/")).status).toBe(403);
  expect((await ask(token().slice(0, -2))).status).toBe(403);
  expect((await ask(`/${"a".repeat(32)}/api/inputs`)).status).toBe(403);
  const strange: Record<string, string>[] = [
    { Host: "evil.example" },
    { Host: "127.0.0.1" },
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const headers of strange) {
    const refused = await get("api/inputs", headers);
    expect({ headers, status: refused.status }).toEqual({ headers, status: 403 });
    expect(refused.text).not.toContain("a.tif");
  }
  const { port } = new URL(server.address);
  expect((await get("api/inputs", { Host: `localhost:${port}` })).status).toBe(200);
  const navigation = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
  expect((await get("", navigation)).status).toBe(200);
});

test("inputs are listed, and links out of the folder are not followed", async () => {
  const { text, headers } = await get("api/inputs");
  expect(headers["content-type"]).toBe("application/json");
  const addresses = (JSON.parse(text) as { address: string }[]).map(({ address }) => address);
  expect(addresses).toContain("files/0/a.tif");
  for (const path of [
    "files/0/link.tif",
    "files/0/away/secret.tif",
    "files/0/away/",
    "files/0/../private/secret.tif",
    "files/0/%2e%2e/private/secret.tif",
    "files/0/..%2fprivate%2fsecret.tif",
    "files/0/%00",
    "files/1/a.tif",
    "files/0/%",
    "%2e%2e/open/a.tif",
    "../open/a.tif",
  ]) {
    const { status, text } = await get(path);
    expect({ path, ok: status === 404 || status === 403 }).toEqual({ path, ok: true });
    expect(text).not.toContain("secret\n");
    expect(text).not.toBe("secret");
  }
});

test("bytes are read whole and by ranges", async () => {
  expect(await get("files/0/a.tif")).toMatchObject({
    status: 200,
    text: "0123456789",
    headers: { "accept-ranges": "bytes", "content-length": "10" },
  });
  const part = (range: string) => get("files/0/a.tif", { Range: range });
  expect(await part("bytes=2-4")).toMatchObject({
    status: 206,
    text: "234",
    headers: { "content-range": "bytes 2-4/10" },
  });
  expect((await part("bytes=7-")).text).toBe("789");
  expect((await part("bytes=8-99")).text).toBe("89");
  expect((await part("bytes=-3")).text).toBe("789");
  expect(await part("bytes=10-")).toMatchObject({
    status: 416,
    headers: { "content-range": "bytes */10" },
  });
  expect(await part("bytes=0-1,3-4")).toMatchObject({ status: 200, text: "0123456789" });
  const head = await ask(`${token()}files/0/a.tif`, { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, text: "", headers: { "content-length": "10" } });
  const { etag } = head.headers;
  expect((await get("files/0/a.tif", { "If-None-Match": etag ?? "" })).status).toBe(304);
  const stale = await get("files/0/a.tif", { Range: "bytes=0-1", "If-Range": '"other"' });
  expect(stale).toMatchObject({ status: 200, text: "0123456789" });
});

test("corrections are written beside the image, and what was there before stays", async () => {
  expect((await put("files/0/a_masks.tif", "first")).status).toBe(201);
  expect(readFileSync(join(here.folder, "a_masks.tif"), "utf8")).toBe("first");
  expect((await get("files/0/a_masks.tif")).text).toBe("first");
  expect((await put("files/0/a_masks.tif", "second")).status).toBe(200);
  expect(existsSync(join(here.folder, "a_masks.tif~"))).toBe(false);

  writeFileSync(join(here.folder, "b_masks.tif"), "of a colleague");
  await put("files/0/b_masks.tif", "ours");
  await put("files/0/b_masks.tif", "ours, corrected");
  expect(readFileSync(join(here.folder, "b_masks.tif"), "utf8")).toBe("ours, corrected");
  expect(readFileSync(join(here.folder, "b_masks.tif~"), "utf8")).toBe("of a colleague");
  expect(readdirSync(here.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("an image is never written over, and nothing outside the folder is written", async () => {
  expect(await put("files/0/a.tif", "x")).toMatchObject({
    status: 409,
    text: expect.stringContaining("a.tif is there already"),
  });
  for (const path of [
    "files/0/link.tif",
    "files/0/away/secret_masks.tif",
    "files/0/../private/a_masks.tif",
    "files/0/..%2fa_masks.tif",
    "files/0/.bashrc",
    "files/0/a_masks.html",
    "files/0/none/a_masks.tif",
    "files/0/",
    "api/inputs",
    "index.html",
  ]) {
    const { status } = await put(path, "x");
    expect({ path, refused: status >= 400 && status < 500 }).toEqual({ path, refused: true });
  }
  expect((await put("files/0/c_masks.tif", "x", { Origin: "http://evil.example" })).status).toBe(
    403,
  );
  expect(readFileSync(join(here.folder, "a.tif"), "utf8")).toBe("0123456789");
  expect(readdirSync(join(here.base, "private"))).toEqual(["secret.tif"]);
  expect(readFileSync(join(here.base, "private/secret.tif"), "utf8")).toBe("secret");
});

test("a body that ends early leaves nothing behind", async () => {
  const { hostname, port } = new URL(server.address);
  await new Promise<void>((done) => {
    const sent = request({
      hostname,
      port,
      path: `${token()}files/0/a_masks.tif`,
      method: "PUT",
      headers: { "Content-Length": 100 },
    });
    sent.on("error", () => done());
    sent.write("half");
    setTimeout(() => sent.destroy(), 100);
  });
  await expect
    .poll(() => readdirSync(here.folder).filter((name) => name.includes("a_masks")))
    .toEqual([]);
});

test("a file that was named alone opens its folder for what belongs to it, and no more", async () => {
  writeFileSync(join(here.folder, "other.tif"), "other");
  writeFileSync(join(here.folder, "a_masks.tif"), "labels");
  const { viewed } = await findViewed(["open/a.tif"], [], here.base);
  expect(viewed.inputs).toEqual([
    {
      name: "a",
      path: "open/a.tif",
      kind: "image",
      address: "files/0/a.tif",
      labels: "files/0/a_masks.tif",
    },
  ]);
  await server.close();
  server = await startViewServer({ app: here.app, viewed, port: 0 });
  expect((await get("files/0/a.tif")).status).toBe(200);
  expect((await get("files/0/a_masks.tif")).text).toBe("labels");
  expect((await get("files/0/other.tif")).status).toBe(404);
  expect(JSON.parse((await get("files/0/")).text)).toEqual([
    { name: "a_masks.tif", kind: "file", byteLength: 6 },
    { name: "a.tif", kind: "file", byteLength: 10 },
  ]);
  expect((await put("files/0/a_cells.geojson", "{}")).status).toBe(201);
  expect((await get("files/0/a_cells.geojson")).text).toBe("{}");
  expect((await put("files/0/other_masks.tif", "x")).status).toBe(403);
});

test("a port that is taken is said so", async () => {
  const port = Number(new URL(server.address).port);
  const { viewed } = await findViewed([], [], "/");
  await expect(startViewServer({ app: here.app, viewed, port })).rejects.toThrow(
    `port ${port} is taken`,
  );
});

test.skipIf(process.platform === "win32")("a pipe is no file to wait for", async () => {
  execFileSync("mkfifo", [join(here.folder, "pipe.tif")]);
  expect((await get("files/0/pipe.tif")).status).toBe(404);
});
