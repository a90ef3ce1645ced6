/**
 * The plugin as its users have it: built, on an origin of its own, with its own headers; hosts around it on another. Nothing
 * beyond the two is asked for anything.
 */
import { readdirSync, readFileSync } from "node:fs";
import { bytesSource, findCells, type Image, readImage } from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, shippedModel } from "@cellwright/testing";
import { describePage, type Visit } from "@cellwright/testing/page";
import { openPlugin, type PluginSite } from "@cellwright/testing/plugin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostileMessages } from "./hostile.fixture.js";

/** A field of nuclei that somebody photographed. */
const folder = dataPath("dsb2018/train");
const field = (kind: "images" | "labels") => {
  const name = readdirSync(`${folder}/images`).sort()[0];
  return new Uint8Array(readFileSync(`${folder}/${kind}/${name}`));
};

/** What the pages' programs have: a plugin's functions. */
type Verbs = Record<string, (...args: unknown[]) => Promise<unknown>>;
/** What a plugin's author has as `api`. */
declare const host: Promise<{
  createWindow(options: object): Promise<Verbs>;
  getPlugin(name: string): Promise<Verbs>;
  load(code: string): Promise<{ readonly api: Verbs }>;
}>;
/** The plugin with a window, and the one without, once the page has them. */
declare const verbs: Verbs;
declare const worker: Verbs;

/** A plugin that another author wrote: it calls ours, from a frame of its own. */
const caller = `<config lang="json">{
  "name": "Caller", "type": "iframe", "version": "0.1.0", "api_version": "0.2.3",
  "description": "calls", "tags": [], "ui": "", "inputs": null, "outputs": null, "flags": [],
  "icon": null, "env": "", "requirements": [], "dependencies": [], "cover": ""
}</config>
<script lang="javascript">
  api.export({
    setup() {},
    async run() {},
    async segment(plugin, image, options) {
      const cellwright = await api.getPlugin(plugin);
      const told = [];
      const on_progress = (progress) => void told.push(progress);
      const answer = await cellwright.segment(image, { ...options, on_progress, _rintf: true });
      return { answer, told };
    },
  });
</script>`;

/** A page that puts another into a frame, and listens. */
const around = `<!doctype html><iframe></iframe><script>
  window.heard = [];
  addEventListener("message", ({ data }) => window.heard.push(data.type));
  document.querySelector("iframe").src = location.hash.slice(1);
</script>`;

/** What we show others how to do. */
const example = (name: string, plugin: string) =>
  readFileSync(new URL(`../../../../examples/imjoy/${name}`, import.meta.url), "utf8").replaceAll(
    "http://127.0.0.1:8080",
    plugin,
  );

/** A window that keeps what it is given, in the place of ImageJ.JS and Kaibu. */
const recorder = `<script src="/imjoy-rpc.min.js"></script><script>
  const calls = [];
  const names = ["view_image", "add_shapes", "viewImage", "runMacro"];
  const keep = (name) => [name, (...args) => void calls.push([name, ...args])];
  const getImage = () => ({ _rtype: "ndarray", _rvalue: new Uint8Array(64 * 64).fill(9, 130, 140), _rshape: [64, 64, 1], _rdtype: "uint8" });
  const recorder = Object.fromEntries(names.map(keep));
  imjoyRPC
    .setupRPC({ name: "Recorder", type: "rpc-window", version: "0.1.0", description: "", api_version: "0.2.3" })
    .then((api) => api.export({ setup() {}, run() {}, ...recorder, getImage, calls: () => calls }));
</script>`;

/** In the page: labels as a list, so that they cross to the test. */
const segmentHere = async ({
  form,
  data,
  shape,
}: {
  form: "verbs" | "worker";
  data: number[];
  shape: readonly number[];
}) => {
  const told: { share: number }[] = [];
  const on_progress = (progress: { share: number }) => void told.push(progress);
  const image = {
    _rtype: "ndarray",
    _rvalue: Uint8Array.from(data).buffer,
    _rshape: shape,
    _rdtype: "uint8",
  };
  const options = { tile: 64, on_progress, _rintf: true };
  const answer = (await (form === "worker" ? worker : verbs).segment(image, options)) as {
    count: number;
    labels: { _rvalue: ArrayBuffer; _rshape: number[]; _rdtype: string };
  };
  const { labels, count } = answer;
  return {
    answer: { ...answer, labels: undefined },
    count,
    labels: [...new Uint16Array(labels._rvalue)],
    told,
  };
};

describePage("the plugin in a host of ImJoy", () => {
  let site: PluginSite;
  let visit: Visit;
  let image: Image;
  const pages: Record<string, string> = { "/around/": around, "/recorder/": recorder };
  /** As the command line finds them. */
  let expected: number[];

  beforeAll(async () => {
    const bytes = field("images");
    const files = new Map([
      ["/field.tif", bytes],
      ["/labels.tif", field("labels")],
    ]);
    image = await readImage(bytesSource("field.tif", bytes));
    const { model } = await shippedModel("nuclei");
    const program = await onnxEngine().load(model.graph);
    const plane: Image = { ...image, shape: [1, ...image.shape], axes: "cyx" };
    expected = [...(await findCells(plane, model, program, { tile: 64 })).labels.data];
    await program.dispose();
    site = await openPlugin({
      find: (path) => files.get(path),
      pages,
    });
    visit = await site.visit("/imjoy/");
    await visit.page.evaluate(async (plugin) => {
      const api = await host;
      Object.assign(window, {
        verbs: await api.createWindow({ src: `${plugin}/Cellwright.imjoy.html` }),
        worker: await api.getPlugin(`${plugin}/CellwrightWorker.imjoy.html`),
      });
    }, site.plugin);
  });
  afterAll(async () => {
    expect(visit.strangers).toEqual([]);
    await site.close();
  });
  const given = () => ({ data: [...image.data], shape: image.shape });

  test.each(["verbs", "worker"] as const)(
    "%s: a real image gives the command's labels, and is told how far it is",
    async (form) => {
      const { labels, told, count } = await visit.page.evaluate(segmentHere, { ...given(), form });
      expect(labels).toEqual(expected);
      expect(count).toBe(new Set(expected).size - 1);
      expect(told.length).toBeGreaterThan(2);
      // Loading, and a call from first to last, leave nothing in the console.
      expect(visit.problems).toEqual([]);
    },
  );

  test("two calls at once both answer; a cancelled one says so", async () => {
    const answers = await visit.page.evaluate(async (plugin) => {
      const source = { url: `${plugin}/field.tif` };
      const model = { model: "classical-nuclei", outputs: ["table"] };
      const two = [
        worker.segment(source, model),
        worker.segment(source, { ...model, diameter: 20 }),
      ];
      const both = await Promise.all(two);
      const told = new Promise((on_progress) => {
        const options = { average_turns: true, tile: 32, on_progress, _rintf: true };
        Object.assign(window, { slow: worker.segment(source, { ...options, request_id: "slow" }) });
      });
      await told;
      return [...both, await worker.cancel("slow"), await (window as { slow?: unknown }).slow];
    }, site.plugin);
    expect(answers).toMatchObject([
      { model: "classical-nuclei", table: { label: expect.any(Array) } },
      { model: "classical-nuclei" },
      { cancelled: 1 },
      { error: { code: "cancelled" } },
    ]);
  });

  test("the window shows what was found; corrected labels come back, in any format", async () => {
    const answer = await visit.page.evaluate(async () => {
      const labels = {
        _rtype: "ndarray",
        _rvalue: Uint16Array.of(0, 5, 5, 0, 9, 9).buffer,
        _rshape: [2, 3],
        _rdtype: "uint16",
      };
      await verbs.open({
        _rtype: "ndarray",
        _rvalue: new ArrayBuffer(6),
        _rshape: [2, 3],
        _rdtype: "uint8",
      });
      await verbs.set_labels(labels, { name: "mine" });
      const back = (await verbs.getLabels({ labels: "uint16" })) as {
        labels: { _rvalue: ArrayBuffer };
      };
      const files = (await verbs.export("geojson")) as { name: string; bytes: ArrayBuffer }[];
      const measured = await verbs.measure();
      return {
        back: [...new Uint16Array(back.labels._rvalue)],
        text: new TextDecoder().decode(files[0].bytes),
        measured,
      };
    });
    expect(answer.back).toEqual([0, 5, 5, 0, 9, 9]);
    expect(JSON.parse(answer.text).features).toHaveLength(2);
    expect(answer.measured).toMatchObject({ rows: 2, table: { label: [5, 9], area: [2, 2] } });
    const window = visit.page.frames().find((frame) => frame.url().endsWith("/plugin.html"));
    await window?.getByText("mine").first().waitFor({ state: "attached" });
  });

  test("teach from one image, follow a movie, read what a model says of itself", async () => {
    const { learnt, tracked, rdf } = (await visit.page.evaluate(async (plugin) => {
      const examples = [
        { image: { url: `${plugin}/field.tif` }, labels: { url: `${plugin}/labels.tif` } },
      ];
      const data = new Uint16Array(3 * 4096).fill(1, 0, 30).fill(2, 4096, 4126).fill(3, 8192, 8222);
      const frames = {
        _rtype: "ndarray",
        _rvalue: data.buffer,
        _rshape: [3, 64, 64],
        _rdtype: "uint16",
      };
      return {
        learnt: await verbs.finetune(examples, { epochs: 1, steps: 1 }),
        tracked: await verbs.track(frames),
        rdf: await verbs.getModelRdf("nuclei"),
      };
    }, site.plugin)) as { learnt: { before: number }; tracked: unknown; rdf: unknown };
    expect(learnt).toMatchObject({ epochs: 1, after: expect.any(Number) });
    expect(learnt.before).toBeGreaterThan(0.3);
    expect(tracked).toMatchObject({
      axes: "tyx",
      tracks: [{ label: 1, begin: 0, end: 2, parent: 0 }],
    });
    expect(rdf).toMatchObject({ type: "model", name: "nuclei" });
  });

  test("hostile messages: an error back or silence, the page goes on, memory is bounded", async () => {
    const told = await visit.page.evaluate(hostileMessages);
    expect(told.sent).toBeGreaterThanOrEqual(50);
    expect(told.odd).toEqual([]);
    expect(told.polluted).toBe(false);
    expect(told.models).toBeGreaterThan(3);
    const frame = visit.page.frames().find((one) => one.url().endsWith("/worker.html"));
    const grown = await frame?.evaluate(
      () =>
        (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    );
    expect(grown).toBeLessThan(200 * 2 ** 20);
  });

  // The last: a host that loads a plugin anew by its address ends the one that it had.
  test("from another plugin, which loads the .imjoy.html by its address", async () => {
    const { answer, told } = (await visit.page.evaluate(
      async ({ plugin, code }) => {
        const api = await host;
        const { api: other } = await api.load(code);
        const name = `${plugin}/CellwrightWorker.imjoy.html`;
        return other.segment(
          name,
          { url: `${plugin}/field.tif` },
          { outputs: ["polygons"], tile: 64 },
        );
      },
      { plugin: site.plugin, code: caller },
    )) as { answer: { count: number; polygons: unknown[] }; told: unknown[] };
    expect(answer.count).toBe(new Set(expected).size - 1);
    expect(answer.polygons.length).toBeGreaterThanOrEqual(answer.count);
    expect(told.length).toBeGreaterThan(2);
  });

  test("the examples for Kaibu and ImageJ.JS: what those two are given", async () => {
    const found = (await visit.page.evaluate(
      async ({ codes, source }) => {
        const api = await host;
        const address = `${location.origin}/recorder/`;
        const calls: unknown[] = [];
        for (const code of codes) {
          const { api: plugin } = await api.load(code);
          await plugin.run({ data: { image: { url: source }, kaibu: address, imagej: address } });
          const windows = [...document.querySelectorAll("iframe")].filter(
            (one) => one.src === address,
          );
          const frame = windows.at(-1)?.contentWindow as unknown as {
            eval(code: string): unknown[];
          };
          calls.push(...(frame.eval("calls") as unknown[]));
        }
        return JSON.parse(JSON.stringify(calls));
      },
      {
        codes: ["kaibu-overlay.imjoy.html", "imagej-macro.imjoy.html"].map((name) =>
          example(name, site.plugin),
        ),
        source: `${site.plugin}/field.tif`,
      },
    )) as [string, ...unknown[]][];
    expect(found.map(([name]) => name)).toEqual([
      "view_image",
      "add_shapes",
      "runMacro",
      "viewImage",
      "runMacro",
    ]);
    expect((found[1][1] as unknown[]).length).toBeGreaterThanOrEqual(new Set(expected).size - 1);
    expect(found[1][2]).toMatchObject({ shape_type: "polygon" });
    expect(found[3][1]).toMatchObject({ _rtype: "ndarray", _rshape: [64, 64], _rdtype: "uint16" });
  });

  test("the same unmodified page in a host of Hypha: segment, progress, an address", async () => {
    const { page, strangers } = await site.visit("/hypha/");
    const { answer, shares } = await page.evaluate(async (plugin) => {
      const api = await host;
      const own = await api.createWindow({ src: `${plugin}/plugin.html` });
      const shares: number[] = [];
      const on_progress = ({ share }: { share: number }) => void shares.push(share);
      const source = { url: `${plugin}/field.tif` };
      const options = { model: "nuclei", outputs: ["table"], tile: 64, on_progress, _rintf: true };
      return { answer: await own.segment(source, options), shares };
    }, site.plugin);
    expect(answer).toMatchObject({ model: "nuclei", count: new Set(expected).size - 1 });
    expect(shares.length).toBeGreaterThan(2);
    expect(strangers).toEqual([]);
    await page.close();
  });

  test("the example of a page of one's own, without a library", async () => {
    const code = example("host.html", site.plugin);
    expect(code.trim().split("\n").length).toBeLessThanOrEqual(30);
    pages["/own/"] = code.replace('"nuclei"', '"classical-nuclei"');
    const { page, problems } = await site.visit("/own/");
    await page.waitForFunction("/^\\d+$/.test(document.title)");
    expect(problems).toEqual([]);
    await page.close();
  });

  test("pages on the list hear from the plugin; others hear nothing, and show nothing", async () => {
    const heard = async (origin: string) => {
      const { page } = await site.visit("/frame/");
      await page.goto(`${origin}/around/#${site.plugin}/worker.html`);
      const first = page.waitForFunction("window.heard.length > 0", undefined, { timeout: 1500 });
      const word = await first.then(() => page.evaluate("window.heard[0]")).catch(() => "nothing");
      await page.close();
      return word;
    };
    expect(await heard(site.origin)).toBe("initialized");
    expect(await heard(site.stranger)).toBe("nothing");
  });
});
