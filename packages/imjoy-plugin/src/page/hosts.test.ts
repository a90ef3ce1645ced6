import { describePage } from "@cellwright/testing/page";
import { builtPlugin, headersIn } from "@cellwright/testing/plugin";
import { expect, test } from "vitest";
import { checkAddress } from "./address.js";
import { isAllowed, parentOrigin, readHosts } from "./hosts.js";

const own = "https://cells.example";
const hosts = readHosts(" 'self'  https://ij.imjoy.io http://localhost:* ");

test.each([
  [own, true],
  ["https://ij.imjoy.io", true],
  ["http://localhost:8888", true],
  ["http://localhost", true],
  ["https://localhost:8888", false],
  ["http://ij.imjoy.io", false],
  ["https://ij.imjoy.io.evil.example", false],
  ["https://evil.example/https://ij.imjoy.io", false],
  ["null", false],
  ["", false],
])("a page of %s: %s", (origin, allowed) => {
  expect(isAllowed(origin, hosts, own)).toBe(allowed);
});

test("everybody, where the list says so; nobody where it is empty", () => {
  expect(isAllowed("https://a.example", ["*"], own)).toBe(true);
  expect(isAllowed("null", ["*"], own)).toBe(false);
  expect(isAllowed(own, [], own)).toBe(false);
});

test("who is around: as the browser says, else by the request", () => {
  const location = { origin: own };
  const document = { referrer: "https://a.example/path?query" };
  expect(parentOrigin({ location, document })).toBe("https://a.example");
  expect(
    parentOrigin({ location: { ...location, ancestorOrigins: ["https://b.example"] }, document }),
  ).toBe("https://b.example");
  expect(parentOrigin({ location, document: { referrer: "" } })).toBeUndefined();
});

test.each(["javascript:alert(1)", "file:///a", "ftp://a/b", "https://u:p@a.example/", "data:,x"])(
  "%s is no address to read",
  (text) => {
    expect(() => checkAddress(text, own)).toThrow(/^url must/);
  },
);

test("relative addresses begin from the page", () => {
  expect(checkAddress("a.tif", `${own}/plugin/plugin.html`).href).toBe(`${own}/plugin/a.tif`);
});

describePage("the built plugin", () => {
  test("has a policy of its own: eval for ImJoy's client, no other code, no frame but those of the list", async () => {
    const policy = headersIn(await builtPlugin())["Content-Security-Policy"];
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'self' http://localhost:*");
    expect(policy).not.toContain("unsafe-inline");
  });
});
