/**
 * Tables as comma-separated values and as Parquet, one to the other.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import {
  type Column,
  countRows,
  readTable,
  type Table,
  UnsupportedError,
  writeTable,
} from "@cellwright/core";
import { writeWhole } from "./file-sink.js";
import { withFile } from "./file-source.js";
import { encodeParquet } from "./parquet.js";

/** Texts beyond this would not fit into a string. */
const longestText = 512 * 1024 ** 2;

/** Whether a file is Parquet, by what it begins with. */
export async function isParquet(path: string): Promise<boolean> {
  const head = await withFile(path, (source) => source.read(0, Math.min(4, source.byteLength)));
  return Buffer.from(head).toString("latin1") === "PAR1";
}

/** Writes a table in the format that is asked for; answers how many rows it has. */
export async function convertTable(from: string, to: string, format: string): Promise<number> {
  const table = (await isParquet(from)) ? await readParquet(from) : await readCsv(from);
  await writeWhole(to, format === "parquet" ? await encodeParquet(table) : writeTable(table));
  return countRows(table);
}

/** Columns are numbers where every field is one or empty, else words. */
async function readCsv(path: string): Promise<Table<Column>> {
  const { size } = await stat(path);
  if (size > longestText)
    throw new UnsupportedError(`has ${size} bytes, the limit is ${longestText}`);
  const text = (await readFile(path, "utf8")).replace(/^\ufeff/, "");
  const names = Object.keys(readTable(`${text.split(/\r?\n/, 1)[0]}\n`));
  const words = readTable(text, names);
  return Object.fromEntries(
    Object.entries(words).map(([name, column]) => [name, numbersOr(column as readonly string[])]),
  );
}

function numbersOr(column: readonly string[]): Column {
  const isNumber = (field: string) => /^(nan)?$/i.test(field) || !Number.isNaN(Number(field));
  if (!column.every(isNumber) || column.every((field) => field === "")) return column;
  return Float64Array.from(column, (field) => (field === "" ? Number.NaN : Number(field)));
}

async function readParquet(path: string): Promise<Table<Column>> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } =
    await import("hyparquet");
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const rows = await parquetReadObjects({ file, metadata });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  return Object.fromEntries(
    names.map((name) => [
      name,
      columnOf(
        name,
        rows.map((row) => row[name]),
      ),
    ]),
  );
}

/** Numbers, truth values among them, stay numbers; words stay words; what is missing is empty. */
function columnOf(name: string, values: readonly unknown[]): Column {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.length > 0 && known.every((value) => typeof value === "string"))
    return values.map((value) => `${value ?? ""}`);
  const odd = known.find((value) => !["number", "bigint", "boolean"].includes(typeof value));
  const large = known.find(
    (value) => typeof value === "bigint" && !Number.isSafeInteger(Number(value)),
  );
  if (odd !== undefined || large !== undefined)
    throw new UnsupportedError(
      `must have numbers or words in each column, ${name} holds ${large ?? typeof odd}`,
    );
  return Float64Array.from(values, (value) =>
    value === null || value === undefined ? Number.NaN : Number(value),
  );
}
