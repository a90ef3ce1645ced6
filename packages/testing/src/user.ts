/**
 * Somebody who uses the viewer's page in a test: with the mouse and the keys as people do, and who sees pixels.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { bytesSource, type Image, lengthOf, readImage } from "@cellwright/core";
import type { Visit } from "./page.js";

/** A place of the image, in its pixels. */
export interface ImagePlace {
  readonly y: number;
  readonly x: number;
}

/** Red, green and blue, 0 … 255. */
export type Colour = readonly [number, number, number];

/** What the tests know of the running page; it stands under `window.cellwright` where the address has `?test`. */
export interface Cellwright {
  readonly canvas: {
    getBoundingClientRect(): Readonly<Record<"left" | "top" | "width" | "height", number>>;
  };
  readonly renderer: { settled(): Promise<void> };
  readonly workspace: {
    readonly scene: { get(): SceneSeen; update(change: (scene: SceneSeen) => SceneSeen): void };
    readonly jobs: { get(): readonly { readonly progress?: number }[] };
    readonly labels: ReadonlyMap<string, LabelsSeen>;
    readonly lineages: ReadonlyMap<
      string,
      { readonly tracks: readonly Readonly<Record<"label" | "begin" | "end" | "parent", number>>[] }
    >;
    readonly notices: { get(): readonly { kind: string; text: string }[] };
  };
}

/** Labels of a layer as tests read them. */
interface LabelsSeen {
  read(at: object, box: object): Promise<{ readonly data: Uint32Array }>;
}

/** A scene as tests look at it. */
export interface SceneSeen {
  readonly layers: readonly (Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly visible: boolean;
  })[];
  readonly active?: string;
  readonly size: { readonly t: number; readonly z: number; readonly y: number; readonly x: number };
  readonly at: { readonly t: number; readonly z: number };
  readonly playing: number;
  readonly camera: { readonly y: number; readonly x: number; readonly zoom: number };
  readonly tool: Readonly<Record<string, unknown>> & {
    readonly label: number;
    readonly name: string;
  };
  readonly theme: string;
}

/** Somebody at the page. */
export interface User {
  readonly visit: Visit;
  /** The scene as it is. */
  scene(): Promise<SceneSeen>;
  /** Waits until nothing runs and all that is in view is drawn. */
  settle(): Promise<void>;
  /** The messages of the page. */
  notices(): Promise<string[]>;
  /** The colour of a pixel of the image as the screen shows it. */
  colourAt(place: ImagePlace): Promise<Colour>;
  /** Colours of many places of one screen. */
  coloursAt(places: readonly ImagePlace[]): Promise<Colour[]>;
  /** Presses the button of the mouse over the first place, moves over the others, and lets go. */
  drag(places: readonly ImagePlace[]): Promise<void>;
  /** Many drags, one after the other, without looking in between. */
  strokes(paths: readonly (readonly ImagePlace[])[]): Promise<void>;
  click(place: ImagePlace): Promise<void>;
  /** Moves the pointer over a place. */
  hover(place: ImagePlace): Promise<void>;
  /** Puts a place into the middle of the view; `zoom` is pixels of the screen for one of the image. */
  look(camera: ImagePlace & { readonly zoom: number }): Promise<void>;
  /** The labels of a plane of a layer, row by row; default the only one of labels, the plane that is seen. */
  labels(layer?: string): Promise<number[]>;
  /** Chooses an option of a field by what both are called. */
  choose(field: string | RegExp, option: string): Promise<void>;
  /** Shows a panel at the right. */
  panel(name: "Edit" | "Segment" | "Learn" | "Tracks"): Promise<void>;
  /** Saves by a line of the menu; answers what was downloaded. */
  save(item: RegExp): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  /** Removes all layers. */
  closeAll(): Promise<void>;
  /** Opens an address by the page's own dialogue of keys and fields. */
  open(address: string): Promise<void>;
  /** Picks files by their paths on the disk, as "Open, Files" does. */
  pick(paths: readonly string[]): Promise<void>;
  /** Drops files with these names and bytes onto the page; a name may have folders in it. */
  drop(files: Readonly<Record<string, Uint8Array>>): Promise<void>;
  /** Does what ends in a download; answers what came. */
  download(
    act: () => Promise<void>,
  ): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  /** Presses a button by its name. */
  press(name: string | RegExp): Promise<void>;
  /** The keys of the canvas, such as `p` or `Control+z`. */
  key(...keys: string[]): Promise<void>;
}

/** Somebody at a page that was opened with `?test`. */
export function userOf(visit: Visit): User {
  const { page } = visit;
  const settle = () => page.evaluate(settled);
  const onScreen = (places: readonly ImagePlace[]) => page.evaluate(screenPlaces, [...places]);
  const coloursAt = async (places: readonly ImagePlace[]) => {
    await settle();
    const points = await onScreen(places);
    const picture = await readImage(bytesSource("screen.png", await page.screenshot()));
    return points.map((point) => colourOf(picture, point));
  };
  const user: User = {
    visit,
    scene: () => page.evaluate(() => globalThis.cellwright.workspace.scene.get()),
    settle,
    notices: () =>
      page.evaluate(() => globalThis.cellwright.workspace.notices.get().map(({ text }) => text)),
    coloursAt,
    colourAt: async (place) => (await coloursAt([place]))[0],
    drag: (places) => user.strokes([places]),
    strokes: async (paths) => {
      const points = await onScreen(paths.flat());
      for (const { length } of paths) {
        const [first, ...others] = points.splice(0, length);
        await page.mouse.move(...first);
        await page.mouse.down();
        for (const [x, y] of others) await page.mouse.move(x, y, { steps: 4 });
        await page.mouse.up();
      }
      await settle();
    },
    click: async (place) => {
      const [point] = await onScreen([place]);
      await page.mouse.click(...point);
      await settle();
    },
    hover: async (place) => {
      const [[x, y]] = await onScreen([place]);
      // The page hears of a pointer that moves.
      await page.mouse.move(x + 1, y);
      await page.mouse.move(x, y);
      await settle();
    },
    look: async (camera) => {
      await page.evaluate((camera) => {
        globalThis.cellwright.workspace.scene.update((scene) => ({ ...scene, camera }));
      }, camera);
      await settle();
    },
    labels: (layer) => page.evaluate(labelsInPage, layer),
    choose: async (field, option) => {
      await page.getByLabel(field).first().selectOption({ label: option });
      await settle();
    },
    panel: async (name) => {
      await page.getByRole("tab", { name }).click();
    },
    save: (item) =>
      user.download(async () => {
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByRole("menuitem", { name: item }).click();
      }),
    closeAll: async () => {
      while ((await user.scene()).layers.length > 0) {
        await page
          .getByRole("button", { name: /^Remove layer/ })
          .first()
          .click();
        const sure = page.getByRole("dialog").getByRole("button", { name: "Remove" });
        if (await sure.isVisible()) await sure.click();
        await settle();
      }
    },
    open: async (address) => {
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await page.getByRole("menuitem", { name: /^Address/ }).click();
      await page.getByRole("dialog").getByRole("textbox").fill(address);
      await page.keyboard.press("Enter");
      await settle();
    },
    pick: async (paths) => {
      await page.getByRole("button", { name: "Open", exact: true }).click();
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("menuitem", { name: /^Files/ }).click();
      await (await chooser).setFiles([...paths]);
      await settle();
    },
    drop: async (files) => {
      const named = Object.entries(files).map(([name, bytes]) => [
        name,
        Buffer.from(bytes).toString("base64"),
      ]);
      await page.evaluate(dropInPage, named);
      await settle();
    },
    download: async (act) => {
      const coming = page.waitForEvent("download");
      await act();
      const download = await coming;
      const bytes = await readFile(await download.path());
      return { name: download.suggestedFilename(), bytes: Uint8Array.from(bytes) };
    },
    press: async (name) => {
      await page.getByRole("button", { name }).first().click();
      await settle();
    },
    key: async (...keys) => {
      await page.locator("canvas").first().focus();
      for (const key of keys) await page.keyboard.press(key);
      await settle();
    },
  };
  return user;
}

declare global {
  /** The page's app, where the address has `?test`. */
  var cellwright: Cellwright;
}

/** In the page: nothing runs, and what is in view is drawn. */
async function settled(): Promise<void> {
  const { workspace, renderer } = globalThis.cellwright;
  const pause = () => new Promise((done) => setTimeout(done, 50));
  // What a click starts begins a little later.
  await pause();
  do {
    while (workspace.jobs.get().length > 0) await pause();
    await renderer.settled();
    await pause();
  } while (workspace.jobs.get().length > 0);
}

/** In the page: where the middles of pixels of the image are on the screen, x before y. */
function screenPlaces(places: ImagePlace[]): [number, number][] {
  const { canvas, workspace } = globalThis.cellwright;
  const { camera } = workspace.scene.get();
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return places.map(({ y, x }) => [
    left + width / 2 + (x + 0.5 - camera.x) * camera.zoom,
    top + height / 2 + (y + 0.5 - camera.y) * camera.zoom,
  ]);
}

function colourOf(picture: Image, [x, y]: readonly [number, number]): Colour {
  const [height, width] = [lengthOf(picture, "y"), lengthOf(picture, "x")];
  const at = Math.floor(y) * width + Math.floor(x);
  const part = (channel: number) => Number(picture.data[channel * height * width + at]);
  return [part(0), part(1), part(2)];
}

/** In the page: all labels of the plane that is seen. */
async function labelsInPage(layer: string | undefined): Promise<number[]> {
  const { workspace } = globalThis.cellwright;
  const { at, size } = workspace.scene.get();
  const store = workspace.labels.get(layer ?? [...workspace.labels.keys()][0]);
  if (!store) return [];
  const { data } = await store.read(at, { y: 0, x: 0, height: size.y, width: size.x });
  return Array.from(data);
}

/** In the page: files whose bytes come as base64 fall on the page. */
function dropInPage(files: string[][]): void {
  const page = globalThis as unknown as PageGlobals;
  const transfer = new page.DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(page.atob(text), (sign) => sign.charCodeAt(0));
    transfer.items.add(new page.File([bytes], name));
  }
  const target = page.document.querySelector("main") ?? page.document.body;
  for (const type of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(
      new page.DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }),
    );
}

/** What of a page is used here; this package is compiled for Node. */
interface PageGlobals {
  readonly DataTransfer: new () => { readonly items: { add(file: object): void } };
  readonly File: new (parts: Uint8Array[], name: string) => object;
  readonly DragEvent: new (type: string, init: object) => Event;
  readonly document: {
    querySelector(selector: string): EventTarget | null;
    readonly body: EventTarget;
  };
  atob(text: string): string;
}
