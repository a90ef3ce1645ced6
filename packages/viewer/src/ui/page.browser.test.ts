import { openApp } from "@cellwright/testing/app";
import { describePage, type Site, type Visit } from "@cellwright/testing/page";
import { type User, userOf } from "@cellwright/testing/user";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Milliseconds: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** A node of the tree that screen readers see. */
interface Spoken {
  readonly ignored?: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** What somebody can do something with, as a screen reader knows it. */
const interactive = new Set([
  "button",
  "checkbox",
  "combobox",
  "image",
  "menuitem",
  "radio",
  "searchbox",
  "slider",
  "spinbutton",
  "tab",
  "textbox",
  "treeitem",
]);

async function spoken(page: Page): Promise<{ role: string; name: string }[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as { nodes: Spoken[] };
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name }) => ({ role: role?.value ?? "", name: name?.value ?? "" }));
}

const nameless = async (page: Page) =>
  (await spoken(page)).filter(({ role, name }) => interactive.has(role) && name.trim() === "");

/** What has the focus: its role or tag, its name, and whether one sees that it has it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const host =
      element.closest(".switch-option") ?? element.querySelector(".branch-area") ?? element;
    const { outlineStyle, outlineWidth, stroke } = getComputedStyle(host);
    return {
      tag: element.tagName.toLowerCase(),
      text: element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "",
      seen: (outlineStyle !== "none" && outlineWidth !== "0px") || (stroke ?? "none") !== "none",
    };
  });

describePage("the page", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openApp();
  }, patience);
  afterAll(() => site?.close());

  async function visited(sample?: "Sample nuclei" | "Sample movie"): Promise<[Visit, User]> {
    const visit = await site.visit("/?test");
    const user = userOf(visit);
    await visit.page.getByRole("heading", { name: "Drop images here" }).waitFor();
    if (sample) {
      await visit.page.getByRole("button", { name: new RegExp(`^${sample}`) }).click();
      await expect
        .poll(async () => (await user.scene()).layers.length, { timeout: patience / 4 })
        .toBeGreaterThan(0);
      await user.settle();
    }
    return [visit, user];
  }

  async function leave({ page, problems, strangers }: Visit): Promise<void> {
    expect(problems).toEqual([]);
    expect(strangers).toEqual([]);
    await page.context().close();
  }

  test(
    "a newcomer has an image at once: drawn, bright where nuclei are, with values to read",
    async () => {
      const [visit, user] = await visited("Sample nuclei");
      const { page } = visit;
      const places = Array.from({ length: 900 }, (_, i) => ({
        y: 8 + 17 * Math.floor(i / 30),
        x: 8 + 17 * (i % 30),
      }));
      const bright = (await user.coloursAt(places)).map(([red]) => red);
      expect(bright.filter((red) => red > 60).length).toBeGreaterThan(90);
      expect(bright.filter((red) => red < 30).length).toBeGreaterThan(300);
      await user.click({ y: 256, x: 256 });
      const status = page.getByRole("contentinfo");
      await expect.poll(() => status.innerText()).toMatch(/y 256, x 256[\s\S]*Sample nuclei\s+\d+/);
      await leave(visit);
    },
    patience,
  );

  test(
    "everything that one can use has a name, in every state of the page",
    async () => {
      const [visit, user] = await visited();
      const { page } = visit;
      expect(await nameless(page)).toEqual([]);
      await page.getByRole("button", { name: "Open", exact: true }).click();
      expect(await nameless(page)).toEqual([]);
      await page.getByRole("menuitem", { name: /^Sample movie/ }).click();
      await expect
        .poll(async () => (await user.scene()).layers.length, { timeout: patience / 4 })
        .toBe(3);
      await user.settle();
      for (const layer of (await user.scene()).layers) {
        await page.getByRole("button", { name: `${layer.name}, ${layer.kind}` }).click();
        expect(await nameless(page), layer.kind).toEqual([]);
      }
      for (const tab of ["Segment", "Learn", "Tracks", "Edit"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.waitForTimeout(300);
        expect(await nameless(page), tab).toEqual([]);
      }
      const roles = (await spoken(page)).map(({ role }) => role);
      for (const role of ["banner", "main", "complementary", "contentinfo", "toolbar", "tablist"])
        expect(roles, role).toContain(role);
      const canvas = page.getByRole("img", { name: /^Image of 256 by 256 pixels/ });
      expect(await canvas.getAttribute("aria-label")).toMatch(/frame 1 of 48.*Cells.*tool: Pan/);
      await leave(visit);
    },
    patience,
  );

  test(
    "Tab walks through all of the page and around, and one sees where it is",
    async () => {
      const [visit] = await visited("Sample movie");
      const { page } = visit;
      await page.locator("body").click({ position: { x: 640, y: 2 } });
      const seen: string[] = [];
      for (let n = 0; n < 80; n++) {
        await page.keyboard.press("Tab");
        const { tag, text, seen: visible } = await focused(page);
        if (tag === "body") break;
        expect(visible, `${tag} ${text}`).toBe(true);
        seen.push(text);
      }
      for (const name of ["Open", "Save", "Pan and zoom", "Hide Cells", "Edit", "Play", "Frame"])
        expect(seen, name).toContain(name);
      expect(seen.some((text) => text.startsWith("Image of"))).toBe(true);
      // The bar of tools is one stop; arrows walk along it.
      expect(seen).not.toContain("Paint");
      await page.getByRole("button", { name: "Pan and zoom" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      expect((await focused(page)).text).toBe("Paint");
      await page.keyboard.press("Enter");
      await page.keyboard.press("End");
      await leave(visit);
    },
    patience,
  );

  test(
    "menus and dialogs open, walk and close by keys, and give the focus back",
    async () => {
      const [visit] = await visited("Sample nuclei");
      const { page } = visit;
      await page.getByRole("button", { name: "Save", exact: true }).focus();
      await page.keyboard.press("ArrowDown");
      await expect.poll(async () => (await focused(page)).text).toMatch(/^Session/);
      await page.keyboard.press("End");
      expect((await focused(page)).text).toMatch(/^Screenshot/);
      await page.keyboard.press("Escape");
      expect((await focused(page)).text).toBe("Save");
      expect(await page.getByRole("menu").count()).toBe(0);
      await page.keyboard.press("?");
      const dialog = page.getByRole("dialog", { name: "Shortcuts" });
      expect(await dialog.innerText()).toMatch(/Paint\s+2\s+P/);
      await page.keyboard.press("Escape");
      expect(await dialog.count()).toBe(0);
      expect((await focused(page)).text).toBe("Save");
      await leave(visit);
    },
    patience,
  );
});
