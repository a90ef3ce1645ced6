/**
 * Tables as Parquet files: columns of whole numbers as int32, of other numbers as double, words as strings. Nothing is
 * null; a number that is not known is NaN.
 *
 * @module
 */
import { open } from "node:fs/promises";
import { type Column, countRows, FormatError, type Table } from "@cellwright/core";
import { ByteWriter, fileWriter, ParquetWriter, type Writer } from "hyparquet-writer";
import { flush } from "./file-sink.js";
import type { TableFile } from "./table-file.js";

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

/** Columns that hold whole numbers, by their names. */
const whole =
  /^(label|t|z|frame|area|area_(ring|nucleus|cytoplasm)|(birth|end)_area|bbox-\d|generation|daughters|complete|on_border|cells|divisions|appeared|lost|left)$|_id$|^(begin|end)_frame$|^lifetime_frames$|_points$/;

/** Rows that are written at once; so many are held. */
const group = 50000;

/** Writes a Parquet file to a path, table by table. The columns are those of the first table. */
export function startParquet(path: string): TableFile {
  const table = startInto(fileWriter(path));
  return {
    add: table.add,
    async finish() {
      await table.finish();
      const handle = await open(path, "r+");
      try {
        await flush(handle);
      } finally {
        await handle.close();
      }
    },
  };
}

function startInto(writer: Writer): TableFile {
  let parquet: ParquetWriter | undefined;
  let waiting: Table<Column>[] = [];
  let rows = 0;
  const flush = async () => {
    if (waiting.length === 0) return;
    parquet ??= new ParquetWriter({
      writer,
      schema: schemaOf(waiting[0]),
      createdBy: "cellwright",
    });
    const columnData = Object.keys(waiting[0]).map((name) => ({
      name,
      data: cellsOf(
        name,
        waiting.map((table) => table[name]),
      ),
    }));
    await parquet.write({ columnData, rowGroupSize: group });
    waiting = [];
    rows = 0;
  };
  return {
    async add(table) {
      waiting.push(table);
      rows += countRows(table);
      if (rows >= group) await flush();
    },
    async finish() {
      await flush();
      await parquet?.finish();
    },
  };
}

function schemaOf(table: Table<Column>): Schema {
  const fields = Object.entries(table).map(([name, column]): Schema[number] => {
    const repetition_type = "REQUIRED";
    if (!(column instanceof Float64Array))
      return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type };
    return { name, type: whole.test(name) ? "INT32" : "DOUBLE", repetition_type };
  });
  return [{ name: "table", num_children: fields.length }, ...fields];
}

/** The parts of a column as one, in the type it has in the file. */
function cellsOf(name: string, parts: readonly Column[]): string[] | Int32Array | Float64Array {
  if (!(parts[0] instanceof Float64Array)) return parts.flatMap((part) => [...part] as string[]);
  const numbers = parts as readonly Float64Array[];
  const length = numbers.reduce((sum, part) => sum + part.length, 0);
  const integers = whole.test(name);
  const cells = integers ? new Int32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of numbers) {
    const odd = integers
      ? part.find((value) => value !== Math.trunc(value) || value > 2147483647)
      : undefined;
    if (odd !== undefined)
      throw new FormatError(
        `${name} must be whole numbers of 32 bits in Parquet, has ${odd}: write a .csv file`,
      );
    cells.set(part, at);
    at += part.length;
  }
  return cells;
}

/** The bytes of a Parquet file of one table. */
export async function encodeParquet(table: Table<Column>): Promise<Uint8Array> {
  const writer = new ByteWriter();
  const parquet = startInto(writer);
  await parquet.add(table);
  await parquet.finish();
  return writer.getBytes();
}
