import { readdirSync } from "node:fs";
import { dataPath, describeData } from "@cellwright/testing";
import { openApp } from "@cellwright/testing/app";
import { describePage, fileIn, type Site } from "@cellwright/testing/page";
import { userOf } from "@cellwright/testing/user";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

describePage("what the page costs", () => {
  describeData("with an image", () => {
    let site: Site;
    const sent: { path: string; byteLength: number }[] = [];

    beforeAll(async () => {
      site = await openApp({
        find: (path) =>
          path.startsWith("/data/") ? fileIn(dataPath("dsb2018/train"), path.slice(6)) : undefined,
        onAnswer: (path, byteLength) => sent.push({ path, byteLength }),
      });
    }, patience);
    afterAll(() => site?.close());

    test(
      "up to the first cells at most 6 MB come, the engine and the model among them",
      async () => {
        const image = readdirSync(dataPath("dsb2018/train/images")).sort()[0];
        const visit = await site.visit(`/?test&open=data/images/${image}`);
        const user = userOf(visit);
        await expect.poll(async () => (await user.scene()).layers.length).toBe(1);
        await visit.page.getByRole("tab", { name: "Segment" }).click();
        await visit.page.getByRole("button", { name: "Find cells" }).click();
        await expect
          .poll(async () => (await user.scene()).layers.length, { timeout: patience / 2 })
          .toBe(2);
        await user.settle();
        const own = sent.filter(({ path }) => !path.startsWith("/data/"));
        const paths = own.map(({ path }) => path);
        expect(paths).toContain("/ort/ort-wasm-simd-threaded.wasm");
        expect(paths.filter((path) => path.endsWith("weights.onnx"))).toHaveLength(1);
        expect(own.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(6e6);
        await visit.page.context().close();
      },
      patience,
    );
  });
});
