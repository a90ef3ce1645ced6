/**
 * The table of measurements, and its text form.
 * In: columns of numbers or words. Out: comma-separated values (RFC 4180), as spreadsheets, pandas and R read them.
 *
 * @module
 */
import { FormatError, ShapeError } from "./errors.js";

/** A column: numbers, or words such as the names of cell types. */
export type Column = Float64Array | readonly string[];

/** Columns by name, all of one length, in the order in which they are written. Of numbers, unless said otherwise. */
export type Table<C extends Column = Float64Array> = Readonly<Record<string, C>>;

/** How many rows a table has. */
export function countRows(table: Table<Column>): number {
  return Object.values(table)[0]?.length ?? 0;
}

/**
 * A table as comma-separated values: a line of names, then a line a row, each ended by CR LF. Numbers are the shortest
 * that read back the same; NaN is an empty field; words are in quotes where they hold a comma, a quote or a line end.
 * Throws {@link ShapeError} where columns differ in length.
 */
export function writeTable(table: Table<Column>): string {
  const columns = Object.entries(table);
  const rows = countRows(table);
  for (const [name, column] of columns)
    if (column.length !== rows)
      throw new ShapeError(`column ${name}`, `${rows} rows like the first`, `${column.length}`);
  const names = columns.map(([name]) => quoted(name)).join(",");
  return `${names}\r\n${writeRows(table)}`;
}

/** The lines of {@link writeTable} without the names: what is added for more rows of the same columns. */
export function writeRows(table: Table<Column>): string {
  const columns = Object.values(table);
  const lines: string[] = [];
  for (let row = 0; row < countRows(table); row++)
    lines.push(`${columns.map((column) => fieldText(column[row])).join(",")}\r\n`);
  return lines.join("");
}

/**
 * The rows of several tables of numbers, one after the other, under the columns of the first.
 * Throws {@link ShapeError} where one has other columns.
 */
export function stackTables(tables: readonly Table[]): Table {
  const names = Object.keys(tables[0] ?? {});
  const rows = tables.reduce((sum, table) => sum + countRows(table), 0);
  const stacked = Object.fromEntries(names.map((name) => [name, new Float64Array(rows)]));
  let at = 0;
  for (const table of tables) {
    const own = Object.keys(table);
    if (own.length !== names.length || names.some((name) => !Object.hasOwn(table, name)))
      throw new ShapeError("columns", `${names} like the first table's`, `${own}`);
    for (const name of names) stacked[name].set(table[name], at);
    at += countRows(table);
  }
  return stacked;
}

/**
 * Reads a table that {@link writeTable}, or another program, wrote; an empty field is NaN. Columns hold numbers, but for
 * those that `words` names, such as `["type"]`; one that the table lacks is no error.
 * Throws {@link FormatError} where a number is none, a row has too many or too few fields, or a column is there twice.
 */
export function readTable(text: string): Table;
export function readTable(text: string, words: readonly string[]): Table<Column>;
export function readTable(text: string, words: readonly string[] = []): Table<Column> {
  const [names = [], ...rows] = parseLines(text);
  const table = new Map<string, Float64Array | string[]>();
  for (const name of names) {
    if (table.has(name)) throw new FormatError(`column ${name} is there twice`);
    table.set(name, words.includes(name) ? [] : new Float64Array(rows.length));
  }
  for (const [r, row] of rows.entries()) {
    if (row.length !== names.length)
      throw new FormatError(`row ${r + 1} must have ${names.length} fields, has ${row.length}`);
    for (const [c, field] of row.entries()) {
      const column = table.get(names[c]) as Float64Array | string[];
      if (Array.isArray(column)) column.push(field);
      else column[r] = numberOf(field, `row ${r + 1}, ${names[c]}`);
    }
  }
  // Own columns whatever they are called, `__proto__` too.
  return Object.fromEntries(table);
}

function numberOf(field: string, where: string): number {
  const value = field === "" ? Number.NaN : Number(field);
  if (Number.isNaN(value) && field !== "" && field !== "nan" && field !== "NaN")
    throw new FormatError(`${where} must be a number, is "${field}"`);
  return value;
}

function fieldText(value: number | string): string {
  if (typeof value === "string") return quoted(value);
  return Number.isNaN(value) ? "" : `${value}`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Lines of fields; a quoted field may hold commas, line ends and doubled quotes. */
function parseLines(text: string): string[][] {
  const lines: string[][] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|\r|$)/y;
  let line: string[] = [];
  while (field.lastIndex < text.length || line.length > 0) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new FormatError(`a quote in line ${lines.length + 1} is not closed`, { at });
    const [, raw, end] = match;
    line.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === ",") continue;
    lines.push(line);
    line = [];
  }
  return lines;
}
