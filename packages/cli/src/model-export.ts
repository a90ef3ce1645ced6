/**
 * Models handed on: packed as one file, and tested where they arrive.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  checkModel,
  ModelError,
  readModelNetwork,
  readModelTest,
  validateModel,
  writeModelZip,
} from "@cellwright/core";
import type { ExportOptions, TestOptions } from "./commands/models.js";
import { type Context, exit } from "./context.js";
import { writeWhole } from "./file-sink.js";
import { findModel, folderFiles, openModelFiles, sha256 } from "./model-folder.js";
import { messageOf, oneLine } from "./report.js";

/** Packs a model folder as a .zip, after making sure that it is whole. */
export async function exportModel(
  name: string,
  options: ExportOptions,
  context: Context,
): Promise<void> {
  const folder = await findModel(name, context.cwd);
  if (!(await stat(folder)).isDirectory()) throw new ModelError(`${name} is a package already`);
  const files = folderFiles(folder);
  await readModelNetwork(files, sha256);
  await readModelTest(files, sha256);
  const fault = (await validateModel(files, sha256)).find(({ level }) => level === "error");
  if (fault) throw new ModelError(`${name}: ${fault.field && `${fault.field}: `}${fault.message}`);
  const target = resolve(context.cwd, options.output ?? `${basename(folder)}.zip`);
  if (!options.overwrite && (await stat(target).catch(() => undefined)))
    throw new ModelError(`${target} exists already: give another name, or --overwrite`);
  await writeWhole(target, writeModelZip(await contentOf(folder)));
  context.stdout(`${target}\n`);
}

/** The files of a folder by their paths; hidden ones stay behind. */
async function contentOf(folder: string, prefix = ""): Promise<Record<string, Uint8Array>> {
  const content: Record<string, Uint8Array> = {};
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = prefix + entry.name;
    if (entry.isDirectory()) Object.assign(content, await contentOf(folder, `${path}/`));
    else if (entry.isFile()) content[path] = await readFile(join(folder, path));
  }
  return content;
}

/** Runs the own test of each model, a line each. The exit code says whether all, some or none passed. */
export async function testModels(
  names: readonly string[],
  options: TestOptions,
  context: Context,
): Promise<void> {
  const { engine: engineName, device, threads } = options;
  const engine = await context.openEngine({
    engine: engineName,
    device,
    ...(threads && { threads }),
  });
  let passed = 0;
  for (const name of names) {
    context.signal.throwIfAborted();
    const result = await testOne(name, context, engine).catch((error: unknown) => ({
      passed: false,
      error: oneLine(messageOf(error)),
    }));
    if (result.passed) passed++;
    const line = { model: name, engine: engine.name, ...result };
    context.stdout(options.json ? `${JSON.stringify(line)}\n` : `${describe(line)}\n`);
  }
  if (passed < names.length) context.exitCode = passed === 0 ? exit.failed : exit.partly;
}

async function testOne(
  name: string,
  context: Context,
  engine: Awaited<ReturnType<Context["openEngine"]>>,
) {
  const files = await openModelFiles(name, context.cwd);
  const graph = await readModelNetwork(files, sha256);
  const expected = await readModelTest(files, sha256);
  const program = await engine.load(graph);
  try {
    return await checkModel(expected, program);
  } finally {
    await program.dispose();
  }
}

function describe(
  line: { model: string; engine: string } & (
    | Awaited<ReturnType<typeof testOne>>
    | { passed: boolean; error: string }
  ),
): string {
  const verdict = `${line.model}: ${line.passed ? "passed" : "failed"} on ${line.engine}`;
  if ("error" in line) return `${verdict}: ${line.error}`;
  const worst = Number(line.worst.toPrecision(3));
  return `${verdict}: largest difference ${worst}, ${line.mismatches} of ${line.count} numbers off (${line.tolerated} may be)`;
}
