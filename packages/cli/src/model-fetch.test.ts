import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isCoreError } from "@cellwright/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchBytes } from "./model-fetch.js";

let servers: Server[];
let origin: string;
let asked: string[];

/** One server that sends people on, and another that nobody named. */
beforeAll(async () => {
  asked = [];
  const other = createServer((request, response) => {
    asked.push(`other ${request.url}`);
    response.end("secret");
  });
  const first = createServer((request, response) => {
    const url = `${request.url}`;
    asked.push(url);
    const places: Record<string, string> = {
      "/moved": "/file",
      "/loop": "/loop",
      "/metadata": "http://169.254.169.254/latest/meta-data",
      "/inside": "https://10.0.0.1/weights.onnx",
      "/file-scheme": "file:///etc/passwd",
      "/nonsense": "http://[",
      "/neighbour": `http://127.0.0.1:${(other.address() as AddressInfo).port}/`,
    };
    if (places[url]) return void response.writeHead(302, { Location: places[url] }).end();
    return void response.end("bytes");
  });
  servers = [first, other];
  for (const server of servers)
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(first.address() as AddressInfo).port}`;
});

afterAll(() => {
  for (const server of servers) server.close();
});

const get = (path: string) => fetchBytes(origin + path, new AbortController().signal);

test("a server may send us on to itself", async () => {
  expect(new TextDecoder().decode(await get("/moved"))).toBe("bytes");
});

test.each([
  ["/metadata", "https://"],
  ["/inside", "public internet"],
  ["/file-scheme", "file:"],
  ["/nonsense", "no address"],
  ["/neighbour", "https://"],
  ["/loop", "on and on"],
])("%s is not followed", async (path, message) => {
  const error: unknown = await get(path).catch((reason) => reason);
  expect(isCoreError(error, "FormatError")).toBe(true);
  expect((error as Error).message).toContain(message);
  expect(asked.filter((name) => name.startsWith("other"))).toEqual([]);
});
