import fc from "fast-check";
import { expect, test } from "vitest";
import { countRows, readTable, stackTables, writeTable } from "./table.js";

test("whole numbers have no decimals, others the fewest that read back, NaN is empty", () => {
  const table = {
    label: Float64Array.from([1, 4294967295, 3]),
    area: Float64Array.from([0.1, 1 / 3, Number.NaN]),
    x: Float64Array.from([-0, 1e21, 5e-7]),
  };
  expect(writeTable(table)).toBe(
    "label,area,x\r\n1,0.1,0\r\n4294967295,0.3333333333333333,1e+21\r\n3,,5e-7\r\n",
  );
});

test("no rows leave the line of names", () => {
  const table = { label: new Float64Array(0), area: new Float64Array(0) };
  expect(writeTable(table)).toBe("label,area\r\n");
  expect(countRows(readTable("label,area\r\n"))).toBe(0);
  expect(readTable("label,area\r\n")).toEqual(table);
});

test("any table reads back as it was written", () => {
  const tables = fc
    .tuple(
      fc.uniqueArray(
        fc.string({ minLength: 1, unit: fc.constantFrom("a", "é", ",", '"', "\n", " ") }),
        { minLength: 2 },
      ),
      fc.integer({ min: 0, max: 5 }),
    )
    .chain(([names, rows]) =>
      fc
        .array(fc.array(fc.double(), { minLength: rows, maxLength: rows }), {
          minLength: names.length,
          maxLength: names.length,
        })
        .map((columns) =>
          Object.fromEntries(
            names.map((name, c) => [name, Float64Array.from(columns[c], (v) => v + 0)]),
          ),
        ),
    );
  fc.assert(
    fc.property(tables, (table) => {
      expect(readTable(writeTable(table))).toEqual(table);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("words stand beside numbers, in quotes where they must, and read back where they are asked for", () => {
  const table = {
    label: Float64Array.from([1, 2, 3]),
    type: ["mcf10a", 'a "b", c', ""],
  };
  const text = writeTable(table);
  expect(text).toBe('label,type\r\n1,mcf10a\r\n2,"a ""b"", c"\r\n3,\r\n');
  expect(readTable(text, ["type", "other"])).toEqual(table);
  expect(() => readTable(text)).toThrow('row 1, type must be a number, is "mcf10a"');
  expect(countRows({ type: [] })).toBe(0);
});

test("other programs' line ends and missing last line end are read", () => {
  const expected = { a: Float64Array.from([1, 3]), b: Float64Array.from([2, Number.NaN]) };
  expect(readTable("a,b\n1,2\n3,nan")).toEqual(expected);
  expect(readTable('"a",b\r1,2\r3,\r')).toEqual(expected);
});

test("columns of different lengths cannot be written", () => {
  const table = { a: new Float64Array(2), b: new Float64Array(1) };
  expect(() => writeTable(table)).toThrow("column b must be 2 rows like the first, got 1");
});

test.each([
  ["a,b\n1\n", "row 1 must have 2 fields, has 1"],
  ["a\nx\n", 'row 1, a must be a number, is "x"'],
  ["a,a\n1,2\n", "column a is there twice"],
  ['a\n"1\n', "a quote in line 2 is not closed"],
])("%j is no table of numbers", (text, message) => {
  expect(() => readTable(text)).toThrow(message);
});

test("a column may be called as anything in JavaScript is", () => {
  const text = "__proto__,constructor\r\n1,2\r\n3,4\r\n";
  const table = readTable(text);
  expect(Object.entries(table)).toEqual([
    ["__proto__", Float64Array.of(1, 3)],
    ["constructor", Float64Array.of(2, 4)],
  ]);
  expect(writeTable(table)).toBe(text);
  expect(writeTable(stackTables([table, table]))).toBe(`${text}1,2\r\n3,4\r\n`);
  const other = readTable("constructor,b\r\n1,2\r\n");
  expect(() => stackTables([table, other])).toThrow(/columns must be __proto__,constructor/);
  expect(() => readTable("__proto__,__proto__\r\n1,2\r\n")).toThrow(/__proto__ is there twice/);
});
