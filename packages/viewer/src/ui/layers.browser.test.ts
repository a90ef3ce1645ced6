import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

describePage("layers and tools", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openApp();
  }, patience);
  afterAll(() => site?.close());

  async function opened(sample: "Sample nuclei" | "Sample movie"): Promise<[Visit, User]> {
    const visit = await site.visit("/?test");
    await visit.page.getByRole("button", { name: new RegExp(`^${sample}`) }).click();
    const user = userOf(visit);
    await expect
      .poll(async () => (await user.scene()).layers.length, { timeout: patience / 4 })
      .toBeGreaterThan(0);
    await user.settle();
    return [visit, user];
  }

  const sum = (colour: readonly number[]) => colour.reduce((a, b) => a + b, 0);
  const names = async (user: User) => (await user.scene()).layers.map(({ name }) => name);

  test(
    "a stroke is seen, undone, made again, and survives a reload with the look of its layer",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      const { page } = visit;
      const place = { y: 300, x: 300 };
      const before = await user.colourAt(place);
      await user.key("p", "m", "]", "]");
      expect(await names(user)).toEqual(["Sample nuclei", "Labels"]);
      await user.drag([
        { y: 300, x: 290 },
        { y: 300, x: 310 },
      ]);
      await user.key("z");
      const painted = await user.colourAt(place);
      expect(Math.abs(sum(painted) - sum(before))).toBeGreaterThan(40);
      await user.key("Control+z");
      expect(await user.colourAt(place)).toEqual(before);
      await user.key("Control+Shift+Z");
      expect(await user.colourAt(place)).toEqual(painted);

      await page.getByRole("slider", { name: "Opacity" }).fill("0.3");
      await user.settle();
      const faint = await user.colourAt(place);
      expect(faint).not.toEqual(painted);
      await page.waitForTimeout(1500);
      await page.reload();
      await expect.poll(() => names(user), { timeout: 60_000 }).toEqual(["Labels"]);
      const { layers } = await user.scene();
      expect(layers[0]).toMatchObject({ kind: "labels", opacity: 0.3 });
      expect((await user.notices()).join()).toMatch(/are back.*Open Sample nuclei again/);
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await page.getByRole("menuitem", { name: /^Sample nuclei/ }).click();
      await expect
        .poll(() => names(user), { timeout: 60_000 })
        .toEqual(["Sample nuclei", "Labels"]);
      await expect.poll(() => user.colourAt(place), { timeout: 60_000 }).toEqual(faint);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "without a mouse: Enter paints in the middle of the view, arrows move what is there",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      await user.key("2", "Home");
      const middle = { y: 256, x: 256 };
      const before = await user.colourAt({ y: 258, x: 258 });
      await user.key("Enter", "6");
      const after = await user.colourAt({ y: 258, x: 258 });
      expect(after).not.toEqual(before);
      const { camera } = await user.scene();
      expect([camera.y, camera.x]).toEqual([middle.y, middle.x]);
      await user.key("Shift+ArrowRight", "Shift+ArrowDown", "+");
      const moved = (await user.scene()).camera;
      expect(moved.x).toBeGreaterThan(camera.x);
      expect(moved.y).toBeGreaterThan(camera.y);
      expect(moved.zoom).toBeGreaterThan(camera.zoom);
      expect(await user.colourAt({ y: 258, x: 258 })).toEqual(after);
      expect(visit.problems).toEqual([]);
      await visit.page.context().close();
    },
    patience,
  );

  test(
    "the wheel zooms about the pointer, a drag pans, and so does any drag while Space is held",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      const { page } = visit;
      const at = await page.evaluate(() => {
        const { left, top } = globalThis.cellwright.canvas.getBoundingClientRect();
        return { x: left + 200, y: top + 150 };
      });
      const under = async () => {
        const { camera } = await user.scene();
        const box = await page.locator("canvas").boundingBox();
        if (!box) throw new Error("the canvas must be seen");
        return [
          camera.x + (at.x - box.x - box.width / 2) / camera.zoom,
          camera.y + (at.y - box.y - box.height / 2) / camera.zoom,
        ];
      };
      const [x, y] = await under();
      const { zoom } = (await user.scene()).camera;
      await page.mouse.move(at.x, at.y);
      await page.mouse.wheel(0, -400);
      await expect.poll(async () => (await user.scene()).camera.zoom).toBeGreaterThan(1.5 * zoom);
      const [zoomedX, zoomedY] = await under();
      expect(zoomedX).toBeCloseTo(x, 6);
      expect(zoomedY).toBeCloseTo(y, 6);
      const drag = async () => {
        const before = (await user.scene()).camera;
        await page.mouse.move(at.x, at.y);
        await page.mouse.down();
        await page.mouse.move(at.x + 40, at.y + 20, { steps: 4 });
        await page.mouse.up();
        const { camera } = await user.scene();
        return [(before.x - camera.x) * camera.zoom, (before.y - camera.y) * camera.zoom];
      };
      const [panX, panY] = await drag();
      expect([Math.round(panX), Math.round(panY)]).toEqual([40, 20]);
      await user.key("p");
      expect(await drag()).toEqual([0, 0]);
      await page.keyboard.down("Space");
      const [heldX] = await drag();
      await page.keyboard.up("Space");
      expect(Math.round(heldX)).toBe(40);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "layers are hidden, ordered, renamed, recoloured and removed, and pixels follow",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      const { page } = visit;
      const grid = Array.from({ length: 400 }, (_, i) => ({
        y: 12 + 25 * Math.floor(i / 20),
        x: 12 + 25 * (i % 20),
      }));
      const colours = await user.coloursAt(grid);
      const at = colours.reduce(
        (best, colour, i) => (sum(colour) > sum(colours[best]) ? i : best),
        0,
      );
      const place = grid[at];
      await user.key("v");
      expect(sum(await user.colourAt(place))).not.toBe(sum(colours[at]));
      await page.getByRole("button", { name: "Show Sample nuclei" }).click();
      expect(await user.colourAt(place)).toEqual(colours[at]);

      await page.getByRole("combobox", { name: "Colours" }).selectOption("green");
      const [red, green, blue] = await user.colourAt(place);
      expect(green).toBeGreaterThan(100);
      expect([red, blue]).toEqual([0, 0]);
      await page.getByRole("slider", { name: "Upper contrast limit" }).focus();
      await page.keyboard.press("End");
      const [, dim] = await user.colourAt(place);
      expect(dim).toBeLessThan(green);
      await user.key("c");
      expect(await user.colourAt(place)).toEqual([red, green, blue]);

      await page.getByRole("button", { name: "New labels layer" }).click();
      await page.getByRole("button", { name: "New points layer" }).click();
      expect(await names(user)).toEqual(["Sample nuclei", "Labels", "Points"]);
      await user.key("Alt+ArrowDown", "Control+ArrowUp");
      expect(await names(user)).toEqual(["Sample nuclei", "Points", "Labels"]);
      await page.getByRole("button", { name: "Labels, labels" }).focus();
      await page.keyboard.press("F2");
      await page.getByRole("textbox", { name: "Name of the layer" }).fill("Mine");
      await page.keyboard.press("Enter");
      expect(await names(user)).toContain("Mine");
      await page.getByRole("button", { name: "Remove layer" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
      expect(await names(user)).toEqual(["Sample nuclei", "Points"]);
      const rows = page.getByRole("list", { name: /^Layers/ }).getByRole("listitem");
      await rows.nth(1).dragTo(rows.nth(0));
      expect(await names(user)).toEqual(["Points", "Sample nuclei"]);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "a movie plays, and its lineage leads to cells, is cut, and comes back by undo",
    async () => {
      const [visit, user] = await opened("Sample movie");
      const { page } = visit;
      await user.key("ArrowRight", "ArrowRight");
      expect((await user.scene()).at.t).toBe(2);
      await user.key("k");
      await expect.poll(async () => (await user.scene()).at.t).toBeGreaterThan(4);
      await page.getByRole("button", { name: "Pause" }).click();
      expect((await user.scene()).playing).toBe(0);

      await page.getByRole("tab", { name: "Tracks" }).click();
      const tree = page.getByRole("tree");
      const count = await tree.getByRole("treeitem").count();
      expect(count).toBeGreaterThan(10);
      await tree.getByRole("treeitem").first().focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      const { tool, at } = await user.scene();
      expect(tool.label).toBeGreaterThan(1);
      const branch = page.getByRole("treeitem", { selected: true });
      await expect
        .poll(() => branch.getAttribute("aria-label"))
        .toMatch(new RegExp(`^Track ${tool.label}, frames ${at.t + 1} to`));
      await user.key("ArrowRight", "ArrowRight");
      await page.getByRole("button", { name: "Cut here" }).click();
      await page.getByRole("checkbox", { name: "Only families with divisions" }).uncheck();
      const heading = page.getByText(/^\d+ tracks, /);
      const tracks = Number.parseInt(await heading.innerText(), 10);
      await user.key("Control+z");
      await expect
        .poll(async () => Number.parseInt(await heading.innerText(), 10))
        .toBe(tracks - 1);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "a file that is no image is a message, and the page goes on",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      const { page } = visit;
      const chooser = page.waitForEvent("filechooser");
      await user.key("Control+o");
      await (await chooser).setFiles([
        {
          name: "broken.tif",
          mimeType: "image/tiff",
          buffer: Buffer.from("II*\0\xff\xff\xff\xff"),
        },
      ]);
      await page
        .getByRole("alert")
        .getByText(/broken\.tif was not opened/)
        .waitFor();
      expect(await names(user)).toEqual(["Sample nuclei"]);
      await page.getByRole("button", { name: "Dismiss" }).click();
      expect(await user.notices()).toEqual([]);
      await user.key("v");
      expect((await user.scene()).layers[0].visible).toBe(false);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    "the theme follows the system until one is chosen, and a narrow window has drawers",
    async () => {
      const [visit, user] = await opened("Sample nuclei");
      const { page } = visit;
      const ground = () =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = await ground();
      await page.emulateMedia({ colorScheme: "light" });
      expect(await ground()).not.toBe(dark);
      await page.getByRole("button", { name: /^Theme: system/ }).click();
      expect(await ground()).toBe(dark);

      const panel = page.getByRole("tab", { name: "Segment" });
      await page.setViewportSize({ width: 600, height: 700 });
      await user.settle();
      expect(await panel.isVisible()).toBe(false);
      await page.getByRole("button", { name: "Panels" }).click();
      expect(await panel.isVisible()).toBe(true);
      await page.keyboard.press("Escape");
      expect(await panel.isVisible()).toBe(false);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(600);
      expect(visit.problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );
});
