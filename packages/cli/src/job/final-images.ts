/**
 * The end of a job over images: one table of the cells of all of them.
 *
 * @module
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FormatError } from "@cellwright/core";
import { isTemporary } from "../temporary.js";
import { putFile } from "./folder.js";
import { END_UNIT } from "./join-final.js";
import type { ImagesPlan } from "./plan-data.js";

/** Writes `cells.csv`: the tables of the images one after the other, with the image's name before each row. */
export async function finishImages(folder: string, plan: ImagesPlan): Promise<void> {
  const columns = new Set<string>();
  const folders = new Set<string>();
  for (const { name } of plan.units) {
    const text = await tableText(folder, name);
    for (const column of text?.split(/\r?\n/, 1)[0].split(",") ?? []) columns.add(column);
    folders.add(dirname(join(folder, "images", name)));
  }
  await putFile(folder, END_UNIT, "cells.csv", () => linesOf(folder, plan, [...columns]));
  // What processes left that were killed, on whatever machine: all images are done.
  for (const each of folders)
    for (const name of await readdir(each).catch((): string[] => []))
      if (isTemporary(name)) await rm(join(each, name), { recursive: true, force: true });
}

async function* linesOf(
  folder: string,
  plan: ImagesPlan,
  columns: readonly string[],
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${["image", ...columns].join(",")}\r\n`);
  for (const { name } of plan.units) {
    const text = await tableText(folder, name);
    if (text === undefined) continue;
    const [names, ...rows] = text.split("\r\n");
    const own = names.split(",");
    const places = columns.map((column) => own.indexOf(column));
    const image = quoted(name);
    const lines = rows.filter(Boolean).map((row) => {
      const fields = row.split(",");
      if (fields.length !== own.length)
        throw new FormatError(
          `${name}_cells.csv must have ${own.length} fields, has ${fields.length}`,
        );
      return `${[image, ...places.map((at) => (at < 0 ? "" : fields[at]))].join(",")}\r\n`;
    });
    yield Buffer.from(lines.join(""));
  }
}

/** The table of an image; undefined where the image is left out. */
async function tableText(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, "images", `${name}_cells.csv`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
