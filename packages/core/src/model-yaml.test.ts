import fc from "fast-check";
import { expect, test } from "vitest";
import { longestYaml, readYaml, writeYaml } from "./model-yaml.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readYaml("a/b.yaml", bytes(text));

test("mappings, lists, texts and numbers come back as they were written", () => {
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: "grapheme" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      fc.boolean(),
      fc.array(tie("node")),
      fc
        .dictionary(fc.string(), tie("node"))
        .filter((object) => !Object.hasOwn(object, "__proto__")),
    ),
  })).node;
  fc.assert(
    fc.property(value, (data) => {
      const text = writeYaml(data);
      // Dictionaries of fast-check have no prototype.
      expect(readYaml("f", text)).toEqual(JSON.parse(JSON.stringify(data)));
      expect(writeYaml(readYaml("f", text))).toEqual(text);
    }),
    { numRuns: 200 },
  );
});

test("a text that looks like a number or a boolean stays a text", () => {
  for (const text of ["0.10", "1e5", "true", "null", "~", "0x10", "12345678", "no", "2024-01-01"])
    expect(readYaml("f", writeYaml({ text }))).toEqual({ text });
});

test("one part used twice is written twice, not referred to", () => {
  const axis = { id: "y" };
  expect(new TextDecoder().decode(writeYaml([axis, axis]))).toBe("- id: y\n- id: y\n");
});

test("tags, also those other programs resolve, are refused by the name of the file", () => {
  for (const tag of [
    "!!python/object:os.system x",
    "!!js/function 'x'",
    "!foo 1",
    "!!binary aGk=",
    "!!set {a}",
    "!!timestamp 2001-01-01",
  ])
    expect(() => read(`a: ${tag}`), tag).toThrow(/^a\/b\.yaml is not plain YAML: .*tag/i);
});

test("a bomb of aliases is refused before it unfolds", () => {
  let text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (let i = 1; i < 12; i++)
    text += `a${i}: &a${i} [${Array(9)
      .fill(`*a${i - 1}`)
      .join(", ")}]\n`;
  expect(() => read(text)).toThrow(/a\/b\.yaml is not plain YAML: .*alias/i);
});

test("a few aliases are welcome", () => {
  expect(read("a: &size {min: 16}\nb: *size")).toEqual({ a: { min: 16 }, b: { min: 16 } });
});

test("broken, endless and many-document texts are one-line errors", () => {
  for (const text of [
    "a: [1, 2",
    "a: 1\na: 2",
    "a: 1\n---\nb: 2",
    "\t- x",
    "[".repeat(60_000),
    "? [1]\n: 2",
  ]) {
    const attempt = () => read(text);
    expect(attempt, text.slice(0, 20)).toThrow(/^a\/b\.yaml is not plain YAML: \S.*$/);
    expect(attempt).not.toThrow(/\n/);
  }
});

test("a description of more than 256 KiB is not even looked at", () => {
  expect(() => readYaml("f", new Uint8Array(longestYaml + 1))).toThrow(
    "f must have at most 262144 bytes, has 262145",
  );
});

test("nesting that would exhaust the parser is refused before it is parsed", () => {
  const lines = Array.from({ length: 400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  for (const text of [
    "[".repeat(5000),
    '{"a":'.repeat(5000),
    "- ".repeat(5000),
    "? ".repeat(5000),
    lines,
  ])
    expect(() => read(text), text.slice(0, 20)).toThrow(
      /is not plain YAML: (brackets nest|a line is indented)/,
    );
});

test("nesting as deep as is allowed is parsed", () => {
  const flow = "[".repeat(64) + "]".repeat(64);
  const block = Array.from({ length: 129 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  expect(JSON.stringify(read(`${block} ${flow}`))).toContain("[".repeat(64));
});

test("the name __proto__ is a name like others", () => {
  const found = read("__proto__: {polluted: 1}") as Record<string, unknown>;
  expect(Object.hasOwn(found, "__proto__")).toBe(true);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
