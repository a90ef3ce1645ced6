import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bytesSource, type Image, readImage } from "@cellwright/core";
import { type NdArray, readNdArray, writeNdArray } from "@cellwright/imjoy-plugin";
import { dataPath, describeData } from "@cellwright/testing";
import { type HyphaServer, startHyphaServer, testToken } from "@cellwright/testing/hypha-server";
import { hyphaWebsocketClient } from "hypha-rpc";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServeOptions } from "../commands/serve.js";
import { memoryContext } from "../memory-context.js";
import { run } from "../program.js";
import { segmentPlane } from "../segment-image.js";
import { openTools } from "../segment-tools.js";
import { serve } from "./serve.js";

const folder = dataPath("dsb2018/train/images");
const until = (isSo: () => boolean | Promise<boolean>) =>
  vi.waitUntil(isSo, { timeout: 30_000, interval: 20 });

/** Nothing that is worked on in a short time. */
const large = writeNdArray(new Uint8Array(2 ** 21), [1024, 2048], "bytes");

const defaults: Omit<ServeOptions, "server"> = {
  id: "cellwright",
  visibility: "public",
  concurrency: 1,
  queue: 2,
  engine: "onnx",
  device: "cpu",
};

/** The verbs as a client sees them. */
type Verbs = Record<string, (...args: unknown[]) => Promise<never>>;

interface Client {
  readonly rpc: { get_remote_service(id: string, options: object): Promise<Verbs> };
  disconnect(): Promise<void>;
}

describeData("a service on a Hypha server", () => {
  let server: HyphaServer;
  let field: Image;
  let array: NdArray;
  let files: Server;
  let url: string;
  let ended: Promise<void>;
  const stop = new AbortController();
  const context = memoryContext({
    signal: stop.signal,
    env: { CELLWRIGHT_HYPHA_TOKEN: testToken("lab") },
  });
  const clients: Client[] = [];
  const connect = async (): Promise<Client> => {
    const options = { server_url: server.origin, logger: null };
    const client: unknown = await hyphaWebsocketClient.connectToServer(options);
    clients.push(client as Client);
    return client as Client;
  };
  /** Straight to the service: the server in this test answers `getService` with a go-between. */
  const verbsFor = async (client: Client) =>
    client.rpc.get_remote_service(context.out().trim(), { case_conversion: "snake" });

  beforeAll(async () => {
    // The server of the tests talks to the console.
    for (const name of ["log", "debug", "info", "warn", "error"] as const)
      vi.spyOn(console, name).mockImplementation(() => undefined);
    const name = readdirSync(folder).sort()[0];
    const bytes = new Uint8Array(readFileSync(`${folder}/${name}`));
    field = await readImage(bytesSource(name, bytes));
    array = writeNdArray(field.data, field.shape, "bytes");
    files = createServer((request, response) => {
      if (request.url === "/away") response.writeHead(302, { Location: "http://127.0.0.1:9/" });
      response.end(request.url === "/away" ? "" : bytes);
    });
    await new Promise<void>((done) => files.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    server = await startHyphaServer();
    const options = { ...defaults, server: server.origin, allowHost: [new URL(url).host] };
    ended = serve(options, context, { every: 200, quiet: 500, missed: 2 });
    await until(() => context.out() !== "");
  });
  afterAll(async () => {
    for (const client of clients) await client.disconnect().catch(() => undefined);
    await server.close();
    files.close();
    vi.restoreAllMocks();
  });

  test("finds the command's own cells, and says how far it is", async () => {
    const verbs = await verbsFor(await connect());
    const models: { id: string }[] = await verbs.list_models();
    expect(models.map(({ id }) => id)).toContain("nuclei");
    const shares: number[] = [];
    const on_progress = ({ share }: { share: number }) => void shares.push(share);
    const answer: { labels: NdArray; count: number } = await verbs.segment(array, {
      tile: 64,
      on_progress,
    });
    const { tools, dispose } = await openTools(
      { model: "nuclei", engine: "onnx", device: "cpu", rescale: true } as never,
      context,
    );
    const raw: Image = { ...field, shape: [1, ...field.shape], axes: "cyx" };
    const { cells } = await segmentPlane(raw, { ...tools, tile: 64 }, undefined, () => undefined);
    await dispose();
    const found = readNdArray(answer.labels);
    expect(found.shape).toEqual(field.shape);
    expect(Uint32Array.from(found.data)).toEqual(cells.labels.data);
    expect(new Set(found.data).size - 1).toBe(answer.count);
    expect(shares.length).toBeGreaterThan(2);
  });

  test("arguments by name, as Python's client sends them", async () => {
    const verbs = await verbsFor(await connect());
    const answer = await verbs.segment({
      image: array,
      model: "classical-nuclei",
      outputs: ["table"],
      _rkwargs: true,
    });
    expect(answer).toMatchObject({ model: "classical-nuclei", count: expect.any(Number) });
    expect(answer).not.toHaveProperty("labels");
  });

  test("images by {url}: from hosts that were named, from nowhere else of this machine's network", async () => {
    const verbs = await verbsFor(await connect());
    const model = "classical-nuclei";
    expect(await verbs.segment({ url: `${url}/field.tif` }, { model })).toMatchObject({ model });
    const refused = async (address: string) =>
      ((await verbs.segment({ url: address }, { model })) as { error?: { code: string } }).error
        ?.code;
    expect(await refused(`${url}/away`)).toBe("forbidden");
    expect(await refused("http://127.0.0.1:9/")).toBe("forbidden");
    expect(await refused("https://169.254.169.254/latest/meta-data")).toBe("forbidden");
    expect(await refused("file:///etc/passwd")).toBe("forbidden");
  });

  test("a full queue says so; a caller that goes takes their calls with them", async () => {
    const [goes, stays] = [await connect(), await connect()];
    const verbs = await verbsFor(goes);
    const slow = { tile: 32, average_turns: true, keep_size: true };
    const id: string = await verbs.infer("nuclei", large, slow);
    const more = await Promise.all([1, 2, 3].map(() => verbs.infer("nuclei", large, slow)));
    const codeOf = async (request: string, from = verbs) =>
      ((await from.get_infer_status(request)) as { result?: { error?: { code: string } } }).result
        ?.error?.code;
    // They may come in any order.
    await until(async () => (await Promise.all(more.map((one) => codeOf(one)))).includes("busy"));
    expect(await verbs.get_infer_status(id)).toMatchObject({ state: "running" });
    const others = await verbsFor(stays);
    expect(await others.get_infer_status(id)).toMatchObject({ error: { code: "missing" } });
    await goes.disconnect();
    // Its three calls would take many minutes.
    await until(
      async () => "count" in (await others.segment(array, { model: "classical-nuclei" })),
    );
  });

  test("Ctrl-C: no call is waited for", async () => {
    const verbs = await verbsFor(await connect());
    const under = verbs.segment(large, { average_turns: true, tile: 32 });
    await verbs.list_models();
    stop.abort();
    await ended;
    expect(context.err()).toContain("coming to an end");
    void under.catch(() => undefined);
  });
});

test("without a server it ends in one line", async () => {
  const context = memoryContext();
  expect(await run(["serve", "--server", "http://127.0.0.1:9"], context)).toBe(1);
  expect(context.err()).toBe("error: http://127.0.0.1:9: no Hypha server answers there\n");
  expect(await run(["serve", "--server", "somewhere"], memoryContext())).toBe(2);
});
