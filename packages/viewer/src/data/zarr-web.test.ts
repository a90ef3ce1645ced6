import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { webStore } from "./zarr-web.js";

let server: Server | undefined;

afterEach(() => server?.close());

const denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

/** A bucket whose files may be read but not listed: what is not there is forbidden. */
async function bucket(files: Record<string, string>, type = "application/xml"): Promise<string> {
  const made = createServer((request, response) => {
    const content = files[new URL(request.url ?? "", "http://a").pathname];
    if (content === undefined) response.writeHead(403, { "Content-Type": type }).end(denied);
    else response.end(content);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

test("a file that an object store forbids in a stranger's listing is none", async () => {
  const store = webStore(await bucket({ "/.zarray": "{}" }));
  expect(await store.get("/zarr.json")).toBeUndefined();
  expect(await store.get("/.zarray")).toBeDefined();
  expect(await store.get("/0.0")).toBeUndefined();
  expect(await store.getRange("/0.1", { offset: 0, length: 4 })).toBeUndefined();
});

test("a bucket that gives nothing at all is forbidden", async () => {
  const store = webStore(await bucket({}));
  expect(await store.get("/zarr.json")).toBeUndefined();
  await expect(store.get("/.zarray")).rejects.toThrow(/the host forbids it/);
});

test("with a signature in the address, or said by another host, it is forbidden", async () => {
  const signed = webStore(`${await bucket({ "/.zarray": "{}" })}/?X-Amz-Signature=1`);
  await signed.get("/.zarray");
  await expect(signed.get("/0.0")).rejects.toThrow(/the host forbids it/);
  server?.close();
  const page = webStore(await bucket({ "/.zarray": "{}" }, "text/plain"));
  await page.get("/.zarray");
  await expect(page.get("/0.0")).rejects.toThrow(/the host forbids it/);
});
