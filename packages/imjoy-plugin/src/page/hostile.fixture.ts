/**
 * Messages that nobody sends by mistake: a program for a host's page, which sends them to the worker's frame and counts what
 * comes of it. Everything stands in one function, as it crosses into the page as text.
 *
 * @module
 */

/** What came of them. */
export interface HostileReport {
  /** How many were sent. */
  readonly sent: number;
  /** Calls that were answered by something else than an error of theirs. */
  readonly odd: readonly string[];
  /** Whether a prototype of the host's page was touched. */
  readonly polluted: boolean;
  /** Models that the plugin lists afterwards. */
  readonly models: number;
}

/** Sends them. */
export async function hostileMessages(): Promise<HostileReport> {
  type Verbs = Record<string, (...args: unknown[]) => Promise<unknown>>;
  const { worker } = globalThis as unknown as { worker: Verbs };
  const nd = (_rvalue: unknown, _rshape: unknown, _rdtype: unknown) => ({
    _rtype: "ndarray",
    _rvalue,
    _rshape,
    _rdtype,
  });
  const bytes = new ArrayBuffer(16);
  const good = nd(bytes, [4, 4], "uint8");
  const deep = () => {
    let value: unknown = 1;
    for (let n = 0; n < 500; n++) value = { value };
    return value;
  };
  const images: unknown[] = [
    null,
    0,
    "",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    { url: "ftp://example.org/a.tif" },
    { url: "https://user:word@127.0.0.1/a.tif" },
    { url: 7 },
    { url: "x".repeat(9000) },
    [],
    {},
    new Array(1000).fill(1),
    nd(bytes, [4, 5], "uint8"),
    nd(bytes, [3, 5], "uint8"),
    nd(bytes, [2 ** 31, 2 ** 31], "uint8"),
    nd(bytes, [1e308, 1e308], "float64"),
    nd(bytes, [2 ** 20, 2 ** 20, 2 ** 20], "float64"),
    nd(bytes, [-4, -4], "uint8"),
    nd(bytes, [4.5, 4], "uint8"),
    nd(bytes, [Number.NaN, 4], "uint8"),
    nd(bytes, [], "uint8"),
    nd(bytes, new Array(5000).fill(1), "uint8"),
    nd(bytes, { length: 2, 0: 4, 1: 4 }, "uint8"),
    nd(bytes, [4, 4], "__proto__"),
    nd(bytes, [4, 4], "constructor"),
    nd(bytes, [2, 1], "int64"),
    nd(bytes, [4, 4], ""),
    nd(bytes, [4, 4], 8),
    nd("sixteen letters!", [4, 4], "uint8"),
    nd(null, [4, 4], "uint8"),
    nd([bytes, "more"], [4, 4], "uint8"),
    nd({ byteLength: 16 }, [4, 4], "uint8"),
    { imageType: { components: 1e9 }, size: [4, 4], data: new Uint8Array(16) },
    { imageType: { components: 1 }, size: [1e9, 1e9], data: new Uint8Array(16) },
    { data: new Uint8Array(16), shape: [2 ** 26, 2 ** 26] },
    { data: [1, 2, 3, 4], shape: [2, 2] },
  ];
  const options: unknown[] = [
    7,
    "nuclei",
    [],
    { model: "../../etc/passwd" },
    { model: "__proto__" },
    { model: "constructor" },
    { model: {} },
    { diameter: Number.POSITIVE_INFINITY },
    { diameter: -1 },
    { tile: 1e12 },
    { labels: "bigint64" },
    { outputs: ["toString"] },
    { axes: "yyyyyyyyyyyy" },
    { on_progress: "alert(1)" },
    { request_id: "x".repeat(1e6) },
    { nosuch: true },
  ];
  const odd: string[] = [];
  let sent = 0;
  const judge = async (name: string, answer: Promise<unknown>): Promise<void> => {
    sent++;
    const late = new Promise((done) => setTimeout(() => done("no answer"), 4000));
    const said = await Promise.race([answer, late]).catch((error: unknown) => ({ error }));
    if (typeof said !== "object" || said === null || !("error" in said))
      odd.push(`${name}: ${JSON.stringify(said)}`);
  };
  for (const [n, image] of images.entries()) await judge(`image ${n}`, worker.segment(image, {}));
  for (const [n, one] of options.entries()) await judge(`options ${n}`, worker.segment(good, one));
  await judge("nothing", worker.segment());
  await judge(
    "labels",
    worker.set_labels(nd(new Float32Array(4).fill(0.5).buffer, [2, 2], "float32")),
  );
  await judge("examples", worker.finetune(new Array(10_000).fill({ image: good, labels: good })));
  await judge("format", worker.export("__proto__"));
  await judge("request", worker.get_infer_status({}));
  // Past the library: messages that it would act on, or break on.
  const frame = [...document.querySelectorAll("iframe")].find((one) =>
    one.src.endsWith("/worker.html"),
  );
  const raw: unknown[] = [
    null,
    "text",
    {
      type: "execute",
      code: { type: "script", content: "globalThis.hacked = 1", attrs: { lang: "javascript" } },
    },
    { type: "method", name: "segment.constructor", args: ["globalThis.hacked = 1"] },
    { type: "method", name: "__proto__.polluted", args: [1] },
    { type: "method", object_id: "__proto__", name: "segment", args: [deep()] },
    { type: "method", name: "segment", args: { length: 1e9 } },
    { type: "method", name: "segment", args: [JSON.parse('{"__proto__": {"polluted": 1}}')] },
    { type: "callback", id: "__proto__", args: [] },
    { type: "callback", id: -1, args: [], promise: 7 },
    { type: "disposeObject", object_id: "constructor" },
    { type: "setInterface", api: deep() },
    { type: "nonsense" },
  ];
  for (const message of raw) {
    sent++;
    frame?.contentWindow?.postMessage(message, "*");
  }
  // A callback that never answers, many times over.
  const never = {
    on_progress: () => new Promise(() => undefined),
    _rintf: true,
    model: "classical-nuclei",
  };
  for (let n = 0; n < 10; n++) {
    const said = (await worker.segment(good, { ...never })) as { count?: number };
    if (said.count === undefined) odd.push(`never: ${JSON.stringify(said)}`);
    sent++;
  }
  const models = (await worker.list_models()) as unknown[];
  return { sent, odd, polluted: "polluted" in {}, models: models.length };
}
