/**
 * Tables as files, written row by row as they come: CSV or Parquet, by the ending of the name.
 *
 * @module
 */
import { open } from "node:fs/promises";
import { type Column, type Table, writeRows, writeTable } from "@cellwright/core";
import { flush } from "./file-sink.js";

/** A table that is being written. */
export interface TableFile {
  /** Adds rows; all tables have the columns of the first. */
  add(table: Table<Column>): Promise<void>;
  /** Writes what is left and closes the file; to be called whatever happened. */
  finish(): Promise<void>;
}

/** The endings that name a format. */
export const tableEndings: readonly string[] = [".csv", ".parquet"];

/** Starts a table at a path; Parquet where it ends so, else comma-separated values. */
export async function startTable(path: string): Promise<TableFile> {
  if (path.endsWith(".parquet")) {
    const { startParquet } = await import("./parquet.js");
    return startParquet(path);
  }
  const handle = await open(path, "wx");
  let begun = false;
  return {
    async add(table) {
      await handle.writeFile(begun ? writeRows(table) : writeTable(table));
      begun = true;
    },
    async finish() {
      try {
        await flush(handle);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Writes a whole table. */
export async function writeTableFile(path: string, table: Table<Column>): Promise<void> {
  const file = await startTable(path);
  try {
    await file.add(table);
  } finally {
    await file.finish();
  }
}
