/**
 * Models in the format of bioimage.io that lead out of their folder, ask for code to be run, or are not what they promise.
 *
 * @module
 */
import { readYaml } from "@cellwright/core";
import { spotFiles } from "../spots.js";
import {
  type Alone,
  alone,
  type Expected,
  type HostileCase,
  joined,
  json,
  patched,
  text,
} from "./case.js";
import { npyOf, runs } from "./npy.js";
import { leftToRuntime } from "./onnx.js";
import { type Packed, zipOf } from "./zip.js";

type Files = Readonly<Record<string, Uint8Array>>;
type Tree = Record<string, unknown>;
type Made = readonly [what: string, files: Files, expected?: Expected, says?: string];

const rdf = "bioimageio.yaml";

/** The files with a field of the description replaced: `weights.onnx.source`; `undefined` takes it away. */
function withField(sound: Files, path: string, value: unknown): Files {
  const tree = structuredClone(readYaml(rdf, sound[rdf])) as Tree;
  const steps = path.split(".");
  const last = steps.pop() as string;
  let at: Tree = tree;
  for (const step of steps) at = at[step] as Tree;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return { ...sound, [rdf]: json(tree) };
}

function* descriptions(sound: Files): Iterable<Made> {
  const set = (path: string, value: unknown) => withField(sound, path, value);
  const yaml = (content: string) => ({ ...sound, [rdf]: text(content) });
  const own = new TextDecoder().decode(sound[rdf]);
  yield ["without-description", { ...sound, [rdf]: undefined as never }];
  yield ["description-empty", yaml("")];
  yield ["description-is-a-list", yaml("[1, 2]")];
  yield ["description-is-binary", { ...sound, [rdf]: sound["weights.onnx"] }];
  yield ["description-of-300-kilobytes", yaml(`${own}\n# ${"x".repeat(3e5)}`)];
  yield ["description-nested", yaml(`a: ${"[".repeat(5000)}`)];
  yield [
    "description-indented",
    yaml(Array.from({ length: 400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")),
  ];
  yield ["description-key-twice", yaml(`${own}\nname: again\n`)];
  yield ["description-two-documents", yaml(`${own}\n---\nname: again\n`)];
  for (const [what, tag] of Object.entries({
    "python-object": "!!python/object/apply:os.system ['touch hacked']",
    "python-name": "!!python/name:os.system",
    "js-function": "!!js/function 'function(){throw 1}'",
    "js-regexp": "!!js/regexp /(a+)+$/",
    binary: "!!binary aGVsbG8=",
    set: "!!set {a, b}",
    "own-tag": "!evil {}",
  }))
    yield [`yaml-tag-${what}`, yaml(`evil: ${tag}\n${own}`)];
  yield ["yaml-alias-bomb", yaml(aliases(12))];
  yield ["yaml-alias-circle", yaml(`a: &a [*a]\n${own}`), "either"];
  yield ["yaml-merge", yaml(`<<: {type: evil}\n${own}`), "either"];
  yield ["yaml-key-proto", yaml(`__proto__: {polluted: 1}\n${own}`), "either"];
  yield ["yaml-key-constructor", yaml(`constructor: {prototype: {polluted: 1}}\n${own}`), "either"];
  yield ["yaml-number-1e999", set("weights.onnx.opset_version", "1e999"), "either"];
  yield ["type-dataset", set("type", "dataset")];
  yield ["version-0.1", set("format_version", "0.1.0")];
  yield ["version-99", set("format_version", "99.0.0")];
  yield ["version-a-list", set("format_version", [0, 5])];
  yield ["inputs-none", set("inputs", [])];
  yield ["inputs-text", set("inputs", "image")];
  yield ["inputs-10000", set("inputs", Array(5000).fill({ id: "a" }))];
  yield ["outputs-none", set("outputs", [])];
  yield ["axes-none", set("inputs.0.axes", [])];
  yield ["axis-size-0", set("inputs.0.axes.2.size", { min: 0, step: 0 })];
  yield ["axis-size-minus", set("inputs.0.axes.2.size", { min: -8, step: -1 })];
  yield ["axis-size-2^53", set("inputs.0.axes.2.size", { min: 2 ** 53, step: 1 })];
  yield ["axis-size-nan", set("inputs.0.axes.2.size", "NaN")];
  yield ["axis-of-proto", set("inputs.0.axes.2.type", "__proto__")];
  yield ["channels-none", set("inputs.0.axes.1.channel_names", [])];
  yield ["channels-3-of-1", set("inputs.0.axes.1.channel_names", ["a", "b", "c"])];
  yield [
    "operation-unknown",
    set("inputs.0.preprocessing", [{ id: "exec", kwargs: { cmd: "sh" } }]),
  ];
  yield ["operation-proto", set("inputs.0.preprocessing", [{ id: "__proto__" }])];
  yield [
    "operation-nan",
    set("inputs.0.preprocessing", [{ id: "scale_linear", kwargs: { gain: "NaN" } }]),
  ];
  yield [
    "operations-10000",
    set("inputs.0.preprocessing", Array(5000).fill({ id: "sigmoid" })),
    "either",
  ];
  yield ["decoder-unknown", set("config.cellwright.decoder", { kind: "toString" })];
  yield ["decoder-nan", set("config.cellwright.decoder.threshold", "NaN")];
  yield ["decoder-minus", set("config.cellwright.decoder.smoothing", -5)];
  yield ["decoder-smoothing-1e9", set("config.cellwright.decoder.smoothing", 1e9)];
}

/** Ten times ten times … ten. */
function aliases(levels: number): string {
  const line = (i: number) => `a${i}: &a${i} [${Array(10).fill(i === 0 ? "ha" : `*a${i - 1}`)}]`;
  return `${Array.from({ length: levels }, (_, i) => line(i)).join("\n")}\n`;
}

function* files(sound: Files): Iterable<Made> {
  const source = (value: unknown) => withField(sound, "weights.onnx.source", value);
  for (const [what, value] of Object.entries({
    up: "../weights.onnx",
    "far-up": "../../../../../../etc/passwd",
    absolute: "/etc/passwd",
    windows: "C:\\Windows\\win.ini",
    backslash: "..\\weights.onnx",
    "url-file": "file:///etc/passwd",
    "url-private": "http://192.168.0.1/weights.onnx",
    "url-metadata": "http://169.254.169.254/latest/meta-data",
    "url-public": "https://example.org/weights.onnx",
    nul: "weights.onnx\0.png",
    newline: "weights\n.onnx",
    empty: "",
    "a-number": 5,
    "a-list": ["weights.onnx"],
    "10000-letters": "a".repeat(10_000),
    folder: ".",
    device: "/dev/zero",
    stdin: "-",
    proto: "__proto__",
    missing: "missing.onnx",
  }))
    yield [`source-${what}`, source(value)];
  yield [
    "sha256-wrong",
    withField(sound, "weights.onnx.sha256", "0".repeat(64)),
    "refused",
    "not the file",
  ];
  yield ["sha256-short", withField(sound, "weights.onnx.sha256", "abc")];
  yield ["sha256-a-list", withField(sound, "weights.onnx.sha256", [])];
  yield [
    "weights-changed",
    { ...sound, "weights.onnx": patched(sound["weights.onnx"], 30, [9]) },
    "refused",
    "not the file",
  ];
  for (const [what, network] of Object.entries(leftToRuntime()))
    yield [
      `onnx-${what}`,
      withField({ ...sound, "weights.onnx": network }, "weights.onnx.sha256", undefined),
      "refused",
      what === "pads-30000" ? "larger than the input" : "another file",
    ];
  yield ["weights-cut", { ...sound, "weights.onnx": sound["weights.onnx"].slice(0, 60) }];
  yield ["weights-empty", { ...sound, "weights.onnx": new Uint8Array(0) }];
  yield ["weights-none", withField(sound, "weights", {})];
  yield [
    "weights-only-pickled",
    withField(sound, "weights", {
      pytorch_state_dict: { source: "w.pt", architecture: { source: "m.py" } },
    }),
  ];
  yield [
    "weights-external",
    withField(sound, "weights.onnx.external_data", { source: "../w.bin" }),
  ];
  yield [
    "test-input-pickled",
    withoutHash(
      {
        ...sound,
        "test_input.npy": npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", runs()),
      },
      "inputs",
    ),
  ];
  yield [
    "test-input-other-size",
    withoutHash({ ...sound, "test_input.npy": sound["test_output.npy"] }, "inputs"),
  ];
  yield ["test-output-missing", { ...sound, "test_output.npy": undefined as never }];
  yield ["documentation-up", withField(sound, "documentation", "../../../etc/passwd"), "either"];
  yield ["cover-address", withField(sound, "covers", ["http://10.0.0.1/cover.png"]), "either"];
  yield ["attachment-up", withField(sound, "attachments", [{ source: "../../x.py" }]), "either"];
  yield ["name-of-control-signs", withField(sound, "name", "a\u001b[31m\u0007\nb"), "either"];
  yield ["name-of-a-script", withField(sound, "name", "<script>alert(1)</script>"), "either"];
  yield ["tensorflow-js-up", tensorflow(sound, "../../../etc/passwd")];
  yield ["tensorflow-js-address", tensorflow(sound, "http://10.0.0.1/w.bin")];
}

function withoutHash(files: Files, list: string): Files {
  return withField(files, `${list}.0.test_tensor.sha256`, undefined);
}

/** A zip of TensorFlow.js whose manifest names a file elsewhere. */
function tensorflow(sound: Files, path: string): Files {
  const graph = {
    ...{ format: "graph-model", modelTopology: { node: [] } },
    weightsManifest: [{ paths: [path], weights: [{ name: "w", shape: [1], dtype: "float32" }] }],
  };
  const zip = zipOf([{ name: "model.json", content: json(graph) }]);
  const changed = withField(sound, "weights", { tensorflow_js: { source: "tfjs.zip" } });
  return { ...changed, "tfjs.zip": zip };
}

/** The package with something wrong about the zip itself. */
function* packages(sound: Files): Iterable<Alone> {
  const good: Packed[] = Object.entries(sound).map(([name, content]) => ({ name, content }));
  const and = (...more: Packed[]) => zipOf([...good, ...more]);
  const evil = text("evil");
  for (const [what, name] of Object.entries({
    "slip-up": "../evil.txt",
    "slip-deep": "a/../../../../evil.txt",
    "slip-absolute": "/tmp/evil.txt",
    "slip-drive": "C:/evil.txt",
    "slip-backslash": "..\\evil.txt",
    "name-dot": "./weights.onnx",
    "name-empty": "",
    "name-nul": "weights.onnx\0.txt",
    "name-newline": "a\nb",
    "name-twice-slash": "a//b",
    "name-of-2000-letters": "a".repeat(2000),
  }))
    yield [what, and({ name, content: evil }), { says: "no path inside" }];
  yield ["name-twice", and({ name: rdf, content: evil }), { says: "twice" }];
  yield ["link-to-etc", and({ name: "extra", content: text("/etc"), mode: 0o120777 }), either];
  yield [
    "weights-are-a-link",
    zipOf(
      good.map((file) =>
        file.name === "weights.onnx"
          ? { ...file, content: text("/etc/passwd"), mode: 0o120777 }
          : file,
      ),
    ),
  ];
  yield [
    "other-name-before-the-bytes",
    zipOf(good.map((file) => ({ ...file, localName: "zzz" }))),
    either,
  ];
  yield [
    "bomb-as-weights",
    zipOf(
      good.map((file) =>
        file.name === "weights.onnx" ? { name: file.name, bomb: 2 ** 30 } : file,
      ),
    ),
  ];
  yield ["bomb-as-description", zipOf([{ name: rdf, bomb: 2 ** 30 }])];
  yield ["bomb-that-lies", zipOf([{ name: rdf, bomb: 2 ** 30, size: 1000 }])];
  yield ["overlapping-files", zipOf(good.map((file) => ({ ...file, offset: 0 })))];
  yield [
    "twenty-five-thousand-files",
    zipOf(Array.from({ length: 25_000 }, (_, i) => ({ name: `${i}` }))),
  ];
  yield ["in-another-folder", zipOf(good.map((file) => ({ ...file, name: `inner/${file.name}` })))];
  yield ["cut-in-half", zipOf(good).slice(0, 900)];
  yield ["nothing-behind-the-end", joined("PK\x05\x06", new Uint8Array(18))];
  yield ["behind-a-password", zipOf(good.map((file) => ({ ...file, flags: 0x801 })))];
  yield ["a-tiff-named-zip", text("II*\0 not a zip")];
}

const either: { readonly expected: Expected } = { expected: "either" };

/** All of them. */
export async function modelCases(): Promise<HostileCase[]> {
  const sound = await spotFiles("hostile model");
  const folders = [...descriptions(sound), ...files(sound)].map(
    ([what, content, expected = "refused", says]): HostileCase => ({
      ...{ id: `model/${what}`, kind: "model", name: what, expected },
      files: Object.fromEntries(Object.entries(content).filter(([, bytes]) => bytes !== undefined)),
      ...(says !== undefined && { says }),
    }),
  );
  return [...folders, ...alone("package", "model-zip", "zip", packages(sound))];
}
