/**
 * Errors are answers: `{error: {code, message}}`. Nothing throws, nothing hangs.
 *
 * @module
 */
import { writeNdArray } from "../service/wire.js";
import { type ContractPart, type KnownSubject, must } from "./subject.js";

/** A call that cannot be answered, and the code that says so. */
type Case = readonly [
  what: string,
  code: string,
  args: (subject: KnownSubject) => readonly [verb: string, ...unknown[]],
];

const cases: readonly Case[] = [
  ["no image", "argument", () => ["segment"]],
  ["an option that is not known", "argument", ({ given }) => ["segment", given, { modle: "a" }]],
  [
    "a type that labels cannot have",
    "argument",
    ({ given }) => ["segment", given, { labels: "int8" }],
  ],
  ["a model that there is not", "model", ({ given }) => ["segment", given, { model: "../none" }]],
  [
    "bytes that do not fit the shape",
    "argument",
    ({ given }) => ["segment", { ...given, _rshape: [5, 5] }],
  ],
  ["numbers of 64 bits", "argument", ({ given }) => ["segment", { ...given, _rdtype: "uint64" }]],
  [
    "a shape that lies",
    "unsupported",
    ({ given }) => ["segment", { ...given, _rshape: [2 ** 26, 2 ** 26] }],
  ],
  [
    "labels with fractions",
    "argument",
    ({ wire }) => ["set_labels", writeNdArray(Float32Array.of(0.5), [1, 1], wire)],
  ],
  ["a format that there is not", "argument", () => ["export", "exe"]],
  ["a request that there is not", "missing", () => ["get_infer_status", "never asked"]],
];

/** What is promised of calls that go wrong. */
export const failures: readonly ContractPart[] = cases.map(([what, code, args]) => ({
  name: `an error is an answer: ${what}`,
  check: async (subject) => {
    const [verb, ...rest] = args(subject);
    const { error } = (await subject.call(verb, ...rest)) as {
      error?: { code?: unknown; message?: unknown };
    };
    must(error !== undefined, `${verb} must answer {error}`);
    must(error.code === code, `the code must be ${code}`, error);
    must(typeof error.message === "string" && error.message !== "", "it must say why", error);
  },
}));
