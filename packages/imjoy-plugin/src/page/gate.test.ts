import { expect, test, vi } from "vitest";
import { type Heard, isSound, messageGate, REFUSAL } from "./gate.js";

const host = {};
const options = { source: host, origin: "https://host.example", methods: new Set(["segment"]) };
const callback = { _rtype: "callback", _rvalue: 1 };
const call = { type: "method", name: "segment", args: [1], promise: [callback, callback] };
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

/** Whether an event goes on to the library. */
function passes(event: Partial<Heard>): boolean {
  const stop = vi.fn();
  const heard = { source: host, origin: options.origin, stopImmediatePropagation: stop };
  messageGate(options)({ data: call, ...heard, ...event });
  return stop.mock.calls.length === 0;
}

test("the page around may call our functions, and nobody else may say anything", () => {
  expect(passes({})).toBe(true);
  expect(passes({ origin: "https://other.example" })).toBe(false);
  expect(passes({ origin: "https://host.example.other" })).toBe(false);
  expect(passes({ source: {} })).toBe(false);
  expect(passes({ source: null })).toBe(false);
});

test.each([
  null,
  "segment",
  {},
  { type: "execute", code: { type: "script", content: "1", attrs: { lang: "javascript" } } },
  { type: "disposeObject", object_id: "a" },
  { type: "initialize" },
  { type: "method", name: "segment.constructor" },
  { type: "method", name: "__proto__" },
  { type: "method", name: ["segment"] },
  { type: "method", name: "segment", args: "abc" },
  { type: "method", name: "segment", promise: [callback] },
  { type: "method", name: "segment", args: [JSON.parse('{"__proto__": 1}')] },
  { type: "method", name: "segment", args: nested(40) },
  { type: "method", name: "segment", args: [new Array(200_000).fill(0)] },
  { type: "callback", id: "__proto__" },
  { type: "callback", id: -1 },
  { type: "callback", id: 0.5 },
  { type: "setInterface", api: { constructor: 1 } },
])("what the library would act on or break on stops here: %#", (data) => {
  expect(isSound(data, options)).toBe(false);
  expect(passes({ data })).toBe(false);
});

test("who waits for an answer gets one", () => {
  const data = { ...call, name: "segment.constructor", args: ["alert(1)"] };
  expect(passes({ data })).toBe(true);
  expect(data).toMatchObject({ name: REFUSAL, args: [] });
});

test("what the library itself needs goes on", () => {
  for (const data of [
    { type: "getInterface" },
    { type: "interfaceSetAsRemote" },
    { type: "setInterface", api: { log: { _rtype: "interface" } } },
    { type: "callback", id: 0, args: [new Uint8Array(3), new ArrayBuffer(2 ** 20)] },
    { type: "method", name: "segment", args: [new Float32Array(2 ** 20)] },
  ])
    expect(passes({ data })).toBe(true);
});
