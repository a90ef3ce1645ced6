import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { plainSha256, sha256 } from "./sha256.js";

test("plain code and the browser's give what others give, at every length around a block", async () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(plainSha256(bytes)).toBe(expected);
    if (length % 50 === 0) expect(await sha256(bytes)).toBe(expected);
  }
});

test("a view into a larger buffer is hashed as what it shows", () => {
  const bytes = new Uint8Array(100).fill(7);
  expect(plainSha256(bytes.subarray(10, 90))).toBe(plainSha256(new Uint8Array(80).fill(7)));
});
