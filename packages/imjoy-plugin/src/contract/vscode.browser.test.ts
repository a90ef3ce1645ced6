/**
 * The worked example of a wrapper, examples/extending/vscode: its webview keeps the contract in Chromium, with ONNX Runtime and
 * the shipped network, and its extension goes from a file to labels beside it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describePage, fileIn, openSite, type Site } from "@cellwright/testing/page";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bindService } from "../service/bind.js";
import { hostOf } from "../service/host.fixture.js";
import { createService } from "../service/service.js";
import { contract } from "./contract.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const example = here("../../../../examples/extending/vscode");
const engine = createRequire(here("../../../engine-onnx/package.json"));

describePage("the webview of the example", () => {
  let site: Site;
  beforeAll(async () => {
    const runtime = dirname(engine.resolve("onnxruntime-web/wasm"));
    site = await openSite({
      root: here("../.."),
      // The two ends talk as an editor lets them: by copies of plain messages.
      program: `
        import { checkContract } from "@cellwright/imjoy-plugin/contract";
        import { clientOf } from ${JSON.stringify(join(example, "src/client.mjs"))};
        const heard = new Set();
        let ready;
        const names = new Promise((done) => { ready = done; });
        const toEditor = (message) => {
          if (message.ready) return ready(message.ready);
          for (const hear of heard) hear(message);
        };
        globalThis.acquireVsCodeApi = () => ({
          postMessage: (message) => void Promise.resolve(structuredClone(message)).then(toEditor),
        });
        document.body.dataset.runtime = location.origin + "/ort/";
        document.body.dataset.models = JSON.stringify({ nuclei: location.origin + "/models/nuclei/" });
        await import(${JSON.stringify(join(example, "src/page.mjs"))});
        const verbs = clientOf((message) => postMessage(message), (hear) => heard.add(hear), await names);
        const report = await checkContract({ verbs, wire: "bytes" }).catch((error) => error.message);
        const text = document.createElement("pre");
        text.textContent = JSON.stringify(report);
        document.body.append(text);
      `,
      find: (path) =>
        path.startsWith("/ort/")
          ? fileIn(runtime, path.slice(5))
          : fileIn(here("../../../models"), path.replace("/models/", "")),
    });
  });
  afterAll(() => site?.close());

  test("keeps the contract, with no error in the console and no other host", async () => {
    const { page, problems, strangers } = await site.visit();
    const text = await page.waitForSelector("pre", { timeout: 100_000 });
    const report: unknown = JSON.parse((await text.textContent()) ?? "");
    expect(report).toMatchObject({ held: contract.map(({ name }) => name), broken: [] });
    expect([...problems, ...strangers]).toEqual([]);
    await page.close();
  });
});

test("the extension: from a file to labels beside it, progress shown, by a page that may ask nobody", async () => {
  const { activate } = createRequire(import.meta.url)(join(example, "extension.cjs"));
  const { vscode, context, run, written, shown, pages } = editor();
  activate(context, vscode);
  await run({ path: "/images/a.tif" });
  expect(shown.slice(-2)).toEqual(["finding cells", "3 cells: a_masks.tif"]);
  expect([...written]).toEqual([["/images/a.tif/../a_masks.tif", expect.any(Uint8Array)]]);
  expect(pages[0]).toContain(
    "default-src 'none'; script-src own: 'wasm-unsafe-eval'; connect-src own:;",
  );
  expect(pages[0]).toContain('src="own:/extension/dist/page.js"');
});

/** An editor of which only that is there what the extension asks for; its webview is a service without a page. */
function editor() {
  const shown: string[] = [];
  const written = new Map<string, Uint8Array>();
  const pages: string[] = [];
  let command: (file: unknown) => Promise<void>;
  const service = createService(hostOf().host);
  const verbs = bindService(service, { wire: "bytes" });
  const listeners = new Set<(message: unknown) => void>();
  const hear = (message: unknown) => {
    for (const listener of listeners) listener(message);
  };
  const image = {
    _rtype: "ndarray",
    _rvalue: Uint8Array.of(0, 90, 0, 90, 0, 90),
    _rshape: [2, 3],
    _rdtype: "uint8",
  };
  const webview = {
    cspSource: "own:",
    asWebviewUri: (uri: { path: string }) => `own:${uri.path}`,
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    postMessage: async ({ id, verb, args }: { id: number; verb: string; args: never[] }) => {
      const given = (args as Record<string, unknown>[]).map((arg) =>
        arg.file
          ? image
          : arg.on_progress
            ? { ...arg, on_progress: (progress: unknown) => hear({ id, progress }) }
            : arg,
      );
      hear({ id, answer: await verbs[verb](...given) });
    },
    set html(page: string) {
      pages.push(page);
      queueMicrotask(() => hear({ ready: service.names }));
    },
  };
  const vscode = {
    Uri: {
      joinPath: (base: { path: string }, ...parts: string[]) => ({
        path: [base.path, ...parts].join("/"),
      }),
    },
    ViewColumn: { Beside: 2 },
    ProgressLocation: { Notification: 15 },
    commands: {
      registerCommand: (_: string, run: typeof command) => {
        command = run;
        return { dispose: () => undefined };
      },
    },
    workspace: {
      fs: {
        readFile: async () => new Uint8Array(readFileSync(here("../../../../examples/nuclei.tif"))),
        writeFile: async (uri: { path: string }, bytes: Uint8Array) =>
          void written.set(uri.path, bytes),
      },
    },
    window: {
      createWebviewPanel: () => ({ webview }),
      withProgress: (_: unknown, work: (...args: unknown[]) => unknown) =>
        work(
          {
            report: ({ message }: { message: string }) =>
              shown.includes(message) || shown.push(message),
          },
          { onCancellationRequested: () => undefined },
        ),
      showInformationMessage: (message: string) => void shown.push(message),
      showErrorMessage: (message: string) => void shown.push(message),
    },
  };
  const context = { extensionUri: { path: "/extension" }, subscriptions: [] };
  return { vscode, context, run: (file: unknown) => command(file), written, shown, pages };
}
