import { expect, test } from "vitest";
import { checkAddress, isPublic } from "./address.js";

const rules = (answers: Record<string, string[]> = {}, allowed: string[] = []) => ({
  allowed,
  resolve: async (host: string) => answers[host] ?? [],
});

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.255.255",
  "192.168.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fe80::1",
  "fd00::1",
  "ff02::1",
  "localhost",
])("%s is not on the public internet", (ip) => {
  expect(isPublic(ip)).toBe(false);
});

test.each(["1.1.1.1", "172.32.0.1", "192.167.255.255", "2606:4700::1111"])("%s is", (ip) => {
  expect(isPublic(ip)).toBe(true);
});

test("a public host over https may be asked, where its name led when it was checked", async () => {
  const { url, ip } = await checkAddress(
    "https://a.example/b.tif",
    rules({ "a.example": ["1.2.3.4"] }),
  );
  expect([url.href, ip]).toEqual(["https://a.example/b.tif", "1.2.3.4"]);
});

test.each([
  ["http://a.example/", "https://"],
  ["ftp://a.example/", "ftp:"],
  ["file:///etc/passwd", "file:"],
  ["data:,x", "data:"],
  ["https://user:word@a.example/", "without a name"],
  ["https://a.example:8443/", "without a port"],
  ["https://127.0.0.1/", "public internet"],
  ["https://2130706433/", "public internet"],
  ["https://0x7f.1/", "public internet"],
  ["https://[::1]/", "public internet"],
  ["https://[::ffff:10.0.0.1]/", "public internet"],
  ["https://inside.example/", "public internet"],
  ["https://both.example/", "public internet"],
])("%s may not", async (text, message) => {
  const names = {
    "a.example": ["1.2.3.4"],
    "inside.example": ["10.0.0.1"],
    "both.example": ["1.2.3.4", "192.168.1.1"],
  };
  await expect(checkAddress(text, rules(names))).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining(message),
  });
});

test("hosts that were named may be asked wherever they are; their neighbours may not", async () => {
  const named = rules({ "nas.lab": ["10.0.0.9"] }, ["nas.lab", "localhost:8080", "127.0.0.1:9000"]);
  expect((await checkAddress("http://nas.lab/a.tif", named)).ip).toBe("10.0.0.9");
  expect((await checkAddress("http://127.0.0.1:9000/a", named)).ip).toBe("127.0.0.1");
  await expect(checkAddress("http://127.0.0.1:9001/a", named)).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(checkAddress("gopher://nas.lab/", named)).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("what is no address, and a host that is not there", async () => {
  await expect(checkAddress("a.tif", rules())).rejects.toMatchObject({ code: "argument" });
  await expect(checkAddress("https://none.example/", rules())).rejects.toMatchObject({
    code: "format",
  });
});
